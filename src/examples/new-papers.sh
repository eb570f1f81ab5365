#!/bin/sh
# Prints the address of each new paper, with curl and sed: new-papers.sh http://localhost:4000 [cursor]
# To keep the cursor over restarts and to run a command for each: daily-papers follow --state FILE --exec COMMAND
curl --silent --show-error --no-buffer "${1:?Pass the address of the server}/feed?kinds=INGESTED&after=${2:-NOW}" |
  sed -n -u 's/^data: .*"pageUrl":"\([^"]*\)".*/\1/p'
