"""How gunicorn serves app:app in an instance; it finds this file by its name."""

import os

bind = "0.0.0.0:" + os.environ.get("FC_CUSTOM_LISTEN_PORT", "9000")
workers, threads = 1, 20  # As many requests at once as instanceConcurrency in s.yaml.
keepalive = timeout = 900  # The platform keeps connections, and ends requests itself.
