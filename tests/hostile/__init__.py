"""Model files made to harm whoever opens them, written here byte by byte; none does real harm.

    from hostile import cases

    for path, case in cases.written(folder):
        ...

What would run only touches an empty file in `folder/markers`; what would be fetched lies at a port
of this machine where nobody listens; what would be read is `folder/canary.txt`.
"""
