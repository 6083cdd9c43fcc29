def rule_of(layer): return None
