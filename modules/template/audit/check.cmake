# What the conformance check hands to the module: --grant folder=folder is a stand-in, an empty folder.
set(CHECK --grant folder=folder)
