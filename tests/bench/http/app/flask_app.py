from flask import Flask, jsonify, request

app = Flask(__name__)


@app.get("/items/<int:number>")
def item(number):
    return jsonify(number=number, page=request.args.get("page"))
