"""Invokes the function of s.yaml as the platform does."""


def test_greets_whom_the_event_names(fclocal):
    done = fclocal.invoke({"name": "Zoe"})
    assert done.ok, done
    assert done.json() == {"greeting": "hello, Zoe", "request": done.request_id}
    assert "[INFO] greeting Zoe" in done.log


def test_fails_without_a_name(fclocal):
    done = fclocal.invoke({})
    assert not done.ok
    assert done.error_type == "KeyError"
