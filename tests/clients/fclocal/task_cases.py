"""Asynchronous invocations and tasks, by the SDK of FC 3."""

from alibabacloud_fc20230330 import models
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

from fc3_cases import fc3_client

ENDS = ("Succeeded", "Failed", "Stopped", "Expired", "Invalid")


class TaskCases:
    """Each case has task ids of its own."""

    def __init__(self, served):
        self._served = served
        self._client = fc3_client(served)

    def _start(self, function, event=b"", task_id=None):
        headers = models.InvokeFunctionHeaders(x_fc_invocation_type="Async",
                                               x_fc_async_task_id=task_id)
        answer = self._client.invoke_function_with_options(
            function, models.InvokeFunctionRequest(body=event), headers, RuntimeOptions())
        assert answer.status_code == 202, answer.status_code
        return answer

    def _get(self, function, task_id):
        return self._client.get_async_task(function, task_id, models.GetAsyncTaskRequest()).body

    def _await(self, function, task_id, states=ENDS):
        """Asks until it is so; the platform has no other way to be told."""
        while True:
            task = self._get(function, task_id)
            if task.status in states:
                return task
            assert task.status not in ENDS, task

    def _list(self, function, **query):
        return self._client.list_async_tasks(function, models.ListAsyncTasksRequest(**query)).body

    @staticmethod
    def _error(call, *arguments):
        try:
            call(*arguments)
        except DaraException as error:
            return error
        raise AssertionError("no exception")

    def invokes_without_waiting(self):
        fifo = self._served.make_fifo("fc3")
        answer = self._start("passes_on", fifo.encode())
        assert answer.body.read() == b"", answer
        with open(fifo, encoding="utf-8") as said:
            assert said.read() == "passes_on %s\n" % answer.headers["x-fc-request-id"]

    def follows_a_task_by_its_id(self):
        answer = self._start("echo", b"parcel", "followed-1")
        assert answer.headers["x-fc-async-task-id"] == "followed-1", answer.headers
        task = self._await("echo", "followed-1")
        assert (task.status, task.task_id) == ("Succeeded", "followed-1"), task
        assert task.request_id == answer.headers["x-fc-request-id"], task
        assert task.function_arn.endswith("functions/echo"), task
        assert (task.task_payload, task.return_payload) == ("parcel", "parcel"), task
        assert task.started_time <= task.end_time and task.duration_ms >= 0, task
        assert task.already_retried_times == 0 and task.qualifier == "LATEST", task
        assert [event.status for event in task.events] == ["Enqueued", "Running", "Succeeded"], task

    def is_told_why_a_task_failed(self):
        self._start("fails", b"apples", "failed-1")
        task = self._await("fails", "failed-1")
        assert task.status == "Failed" and task.already_retried_times == 0, task
        assert "no apples" in task.task_error_message, task

    def lists_tasks_page_by_page(self):
        names = ["listed-%d" % number for number in range(3)]
        for name in names:
            self._start("echo", b"x", name)
            self._await("echo", name)
        found, token = [], None
        while True:
            page = self._list("echo", prefix="listed-", limit=2, next_token=token,
                              sort_order_by_time="asc", include_payload=True)
            found += page.tasks
            token = page.next_token
            if not token:
                break
        assert [task.task_id for task in found] == names, found
        assert all(task.task_payload == "x" for task in found), found
        assert not self._list("echo", prefix="listed-", status="Failed").tasks

    def stops_a_task_that_runs(self):
        self._start("waits", b"", "stopped-1")
        self._await("waits", "stopped-1", ("Running",))
        self._client.stop_async_task("waits", "stopped-1", models.StopAsyncTaskRequest())
        assert self._await("waits", "stopped-1").status == "Stopped"

    def is_told_of_a_task_that_is_not_there(self):
        error = self._error(self._get, "echo", "nix")
        assert error.status_code == 404, error
        assert error.code == "AsyncTaskNotFound", error
        error = self._error(self._client.stop_async_task, "echo", "nix",
                            models.StopAsyncTaskRequest())
        assert (error.status_code, error.code) == (404, "AsyncTaskNotFound"), error

    def is_told_of_an_id_that_cannot_be(self):
        for task_id in ("9-begins-with-a-digit", "has space", "x" * 129):
            error = self._error(self._start, "echo", b"", task_id)
            assert (error.status_code, error.code) == (400, "InvalidArgument"), error

    def is_told_of_an_id_that_is_taken(self):
        self._start("echo", b"", "taken-1")
        error = self._error(self._start, "echo", b"", "taken-1")
        assert error.status_code == 400 and "taken-1" in error.message, error
