"""The project's form."""

from django import forms


class OrderForm(forms.Form):
    item = forms.CharField(max_length=20)
    count = forms.IntegerField(min_value=1)
    paper = forms.FileField(required=False)
