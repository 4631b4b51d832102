"""The SDKs, where only who has signed with the platform's keys is served."""

import json

import fc2
from alibabacloud_fc20230330 import models
from darabonba.exceptions import DaraException

from fc3_cases import fc3_client


class AuthCases:
    """What wrong keys come to; that right ones are served the other cases show."""

    def __init__(self, served1, served3):
        self._served1, self._served3 = served1, served3

    def _fc2_error(self, key_id, secret):
        client = fc2.Client(endpoint=self._served1.url, accessKeyID=key_id, accessKeySecret=secret)
        try:
            client.invoke_function("parcels", "echo", b"x")
        except fc2.FcError as error:
            assert secret not in error.message, error
            assert json.loads(error.message)["ErrorMessage"], error
            return error.status_code, error.err_code
        raise AssertionError("no FcError")

    def _fc3_error(self, key_id, secret):
        client = fc3_client(self._served3, access_key_id=key_id, access_key_secret=secret)
        try:
            client.invoke_function("echo", models.InvokeFunctionRequest(body=b"x"))
        except DaraException as error:
            assert secret not in str(error), error
            return error.status_code, error.code
        raise AssertionError("no exception")

    def refuses_another_secret(self):
        for ask in (self._fc2_error, self._fc3_error):
            assert ask(self._served1.key_id, "another-secret") == (403, "SignatureNotMatch"), ask

    def refuses_another_id(self):
        for ask in (self._fc2_error, self._fc3_error):
            assert ask("another-id", self._served1.secret) == (403, "InvalidAccessKeyID"), ask

    def takes_a_security_token_along(self):
        client = fc2.Client(endpoint=self._served1.url, accessKeyID=self._served1.key_id,
                            accessKeySecret=self._served1.secret, securityToken="a-token")
        assert client.invoke_function("parcels", "echo", b"x").data == b"x"
        client = fc3_client(self._served3, security_token="a-token")
        answer = client.invoke_function("echo", models.InvokeFunctionRequest(body=b"x"))
        assert answer.body.read() == b"x"

    def refuses_a_trigger_that_wants_a_signature_to_others(self):
        client = fc2.Client(endpoint=self._served1.url, accessKeyID=self._served1.key_id,
                            accessKeySecret="another-secret")
        answer = client.do_http_request("POST", "parcels", "guarded", "/", body=b"x")
        assert answer.status_code == 403, answer.status_code
        assert answer.json()["ErrorCode"] == "SignatureNotMatch", answer.text
        # Everybody may call one that is for everybody.
        answer = client.do_http_request("POST", "parcels", "web", "/", body=b"x")
        assert answer.status_code == 201, answer.text
