"""What the caller sees of an exception: its text, its type, and the stack in the function's code."""


def withdraw(balance, amount):
    if amount > balance:
        raise ValueError(f"cannot withdraw {amount}: the balance is {balance}")
    return balance - amount


def handler(event, context):
    return withdraw(balance=10, amount=int(event))
