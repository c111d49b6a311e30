# SPDX-License-Identifier: Apache-2.0
# Makes texts.c out of the .sql files given: schema/N.sql in order, then queries/NAME.sql whose
# second line is "-- SUMMARY". The .sql files stay the only truth.
function quote(s) { gsub(/"/, "\\\"", s); return "\t\"" s "\\n\"" }
function finish() {
	if (part == "schema")
		body = body ",\n"
	else if (part == "queries")
		body = body "},\n"
}
BEGIN {
	print "/* Made by embed.awk from schema/ and queries/: change those. */"
	print "#include \"db/migrate.h\"\n#include \"db/reader.h\"\n"
}
FNR == 1 {
	finish()
	n = split(FILENAME, path, "/")
	name = path[n]
	sub(/\.sql$/, "", name)
	if (part == "schema" && path[n - 1] == "queries")
		schema = body
	if (path[n - 1] != part)
		body = ""
	part = path[n - 1]
	body = body (part == "queries" ? "" : "\n")
	next
}
FNR == 2 && part == "queries" {
	summary = $0
	sub(/^-- /, "", summary)
	body = body "\t{\"" name "\", \"" summary "\",\n"
}
/\\/ { print FILENAME ": no backslashes here" >"/dev/stderr"; exit 1 }
{ body = body quote($0) "\n" }
END {
	finish()
	print "const char *const schema_versions[] = {" schema "\tNULL};\n"
	print "const struct canned canned_queries[] = {\n" body "\t{NULL, NULL, NULL}};"
}
