# SPDX-License-Identifier: Apache-2.0
# The hook needs no installation: this folder in PYTHONPATH is all, in the tree or where it lands.
hookdir = $(pkgdatadir)/python
dist_hook_DATA = %D%/sitecustomize.py %D%/pyproject.toml
hookpackagedir = $(hookdir)/policytop_hook
dist_hookpackage_DATA = \
	%D%/policytop_hook/__init__.py \
	%D%/policytop_hook/_clients.py \
	%D%/policytop_hook/_imports.py \
	%D%/policytop_hook/_lerobot.py \
	%D%/policytop_hook/_lines.py \
	%D%/policytop_hook/_loop.py \
	%D%/policytop_hook/_send.py \
	%D%/policytop_hook/_wrap.py
hookplugindir = $(hookdir)/lerobot_robot_policytop
dist_hookplugin_DATA = %D%/lerobot_robot_policytop/__init__.py
hookinfodir = $(hookdir)/lerobot_robot_policytop-0.1.dist-info
dist_hookinfo_DATA = %D%/lerobot_robot_policytop-0.1.dist-info/METADATA
