# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += %D%/policytop.1 %D%/policytop-checks.7
dist_man_MANS += %D%/policytop-db.5 %D%/policytop-hook.7 %D%/policytop-rig.5 %D%/policytop-tap.8

# Completions come from the program's own registries, so they cannot be out of step.
bashdir = $(datadir)/bash-completion/completions
zshdir = $(datadir)/zsh/site-functions
fishdir = $(datadir)/fish/vendor_completions.d
nodist_bash_DATA = %D%/completions/policytop
nodist_zsh_DATA = %D%/completions/_policytop
nodist_fish_DATA = %D%/completions/policytop.fish
COMPLETIONS = $(nodist_bash_DATA) $(nodist_zsh_DATA) $(nodist_fish_DATA)
CLEANFILES += $(COMPLETIONS)
EXTRA_DIST += %D%/completions/generate.awk

GENERATE = $(AM_V_GEN)$(MKDIR_P) %D%/completions && \
	LC_ALL=C.UTF-8 src/policytop$(EXEEXT) list all >$@.rows && \
	$(AWK) -f $(srcdir)/%D%/completions/generate.awk
$(COMPLETIONS): src/policytop$(EXEEXT) %D%/completions/generate.awk
%D%/completions/policytop:
	$(GENERATE) -v shell=bash $@.rows >$@.tmp && rm $@.rows && mv $@.tmp $@
%D%/completions/_policytop:
	$(GENERATE) -v shell=zsh $@.rows >$@.tmp && rm $@.rows && mv $@.tmp $@
%D%/completions/policytop.fish:
	$(GENERATE) -v shell=fish $@.rows >$@.tmp && rm $@.rows && mv $@.tmp $@

# The pictures are in the tree, because README shows them; only this rule makes them.
EXTRA_DIST += %D%/pictures
pictures: src/policytop$(EXEEXT)
	$(SHELL) $(srcdir)/%D%/pictures/make.sh $(abs_builddir)/src/policytop$(EXEEXT) $(srcdir)/%D%/pictures
.PHONY: pictures
