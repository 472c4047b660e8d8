"""A class on one machine: a real JupyterHub with the lab's configuration, and students who come over HTTP.

    python -m benchmarks.hub --students 20 --minutes 3

`server.py` starts the hub, `student.py` is one student, `memory.py` says who takes how much, `privacy.py` what one gets
of another's, `lesson.py` is the class.
"""
