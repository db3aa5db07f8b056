# SPDX-License-Identifier: Apache-2.0
"""The smallest MCP server: says back what it was asked, as fast as this language can."""
import json, sys

for line in sys.stdin:
    m = json.loads(line)
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": {"content": [{"type": "text", "text": m["params"]["arguments"]["say"]}]}}) + "\n")
    sys.stdout.flush()
