"""A callback for Ansible: notes how every task of a run ended, a JSON object a line, in the file that TASK_OUTCOMES names."""

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_outcomes
type: notification
short_description: notes how tasks ended
description: notes how tasks ended
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "task_outcomes"
    CALLBACK_NEEDS_ENABLED = False

    def note(self, result, outcome):
        task = result._task
        line = {"place": task.get_path(), "name": task.get_name(), "action": task.action, "outcome": outcome}
        with open(os.environ["TASK_OUTCOMES"], "a") as file:
            file.write(json.dumps(line) + "\n")

    def v2_runner_on_ok(self, result):
        self.note(result, "ok")

    def v2_runner_on_skipped(self, result):
        self.note(result, "skipped")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.note(result, "ignored" if ignore_errors else "failed")
