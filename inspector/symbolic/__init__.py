"""Programs run against a stand-in Keras: what their names mean, and the models they make.

`outside` is the way in: a program runs in a process of its own, `child`, which `watch` keeps.
This is a guard rail and not a sandbox: run only what you would run yourself.
"""
