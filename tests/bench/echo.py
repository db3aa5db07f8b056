# SPDX-License-Identifier: Apache-2.0
"""The smallest MCP server: says back what it was asked, as fast as this language can."""
import json, sys

TOOL = {"name": "echo", "inputSchema": {"type": "object", "properties": {"say": {"type": "string"}}}}
ANSWERS = {"initialize": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "echo", "version": "1"}}, "tools/list": {"tools": [TOOL]}, "ping": {}}

for line in sys.stdin:
    m = json.loads(line)
    if "id" not in m:
        continue  # a notification
    result = ANSWERS.get(m["method"])
    if result is None:
        result = {"content": [{"type": "text", "text": m["params"]["arguments"]["say"]}]}
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": result}) + "\n")
    sys.stdout.flush()
