/* SPDX-License-Identifier: Apache-2.0
 * Capabilities of the Model Context Protocol that `stepgate mcp` carries. What is not here is not announced in either direction: neither side is told of
 * what would be refused. */
#ifndef SG_FRAME_CAPABILITIES_H
#define SG_FRAME_CAPABILITIES_H

/*     name            who has it  as one with all of it announces it           why it is carried */
#define SG_MCP_CAPABILITIES(X)                                                                                         \
	X("elicitation", CLIENT, "{\"form\":{},\"url\":{}}",          "elicitation/create passes")                     \
	X("roots",       CLIENT, "{\"listChanged\":true}",            "roots/list passes")                             \
	X("sampling",    CLIENT, "{\"context\":{},\"tools\":{}}",     "sampling/createMessage passes")                 \
	X("completions", SERVER, "{}",                                "completion/complete is decided")                \
	X("logging",     SERVER, "{}",                                "logging/setLevel passes")                       \
	X("prompts",     SERVER, "{\"listChanged\":true}",            "prompts/get is decided")                        \
	X("resources",   SERVER, "{\"listChanged\":true,\"subscribe\":true}", "resources/read is decided")             \
	X("tools",       SERVER, "{\"listChanged\":true}",            "tools/call is decided")

#endif
