from fastapi import FastAPI

app = FastAPI()


@app.get("/items/{number}")
async def item(number: int, page: str = ""):
    return {"number": number, "page": page}
