# What the conformance check hands to the module: --option NAME=VALUE, --grant NAME=KIND:WHAT (NAME=KIND is a stand-in).
set(CHECK)
