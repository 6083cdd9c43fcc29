"""What in a model file would run or reach out if Keras loaded it: pure rules over facts.

The rules KI001 to KI050 are in `catalogue`; the walk that meets them with a file is `walk`.
"""

from inspector.security.catalogue import RULES, SEVERITIES, Rule
from inspector.security.findings import Audit, Finding
from inspector.security.walk import audit_bytes, audit_path

__all__ = ["RULES", "SEVERITIES", "Audit", "Finding", "Rule", "audit_bytes", "audit_path"]
