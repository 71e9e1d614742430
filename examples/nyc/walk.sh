#!/usr/bin/env bash
# The main job on real input, end to end on an empty node: import a registry, open and work cases, fill a past month-end's
# return and open its cells. Usage: examples/nyc/walk.sh REGISTRY.csv[.gz]   (a copy of the New York City lift registry)
set -euo pipefail
registry=${1:?usage: examples/nyc/walk.sh REGISTRY.csv[.gz]}
here=$(cd "$(dirname "$0")" && pwd)
LIFTWARDEN_HOME=${LIFTWARDEN_HOME:-$(mktemp -d)}
export LIFTWARDEN_HOME
liftwarden=${LIFTWARDEN:-liftwarden}
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

echo "== an empty node in $LIFTWARDEN_HOME, with an office that reaches everything"
$liftwarden setup
echo "Walk-$(date +%s)-${RANDOM}${RANDOM}" | $liftwarden first-admin --login li --name 李四 --division 000000 \
  --body 演示监管机构 --role administrator --role registrar --role chief --role statistician
$liftwarden load-divisions "$here/divisions.csv" --source "New York City boroughs, marked foreign (example)"
office=$($liftwarden add-body --as li --name 演示检查二科 --kind regulator --division US-NYC --json | field id)
person=$($liftwarden add-person --as li --login zhao --name 赵六 --json | field id)
$liftwarden appoint --as li --person "$person" --role chief --body "$office" --division 000000 --from-on 2015-01-01 >/dev/null

echo "== the registry: a dry run that reports every defect, then the import"
$liftwarden import-lifts "$registry" --mapping "$here/lifts.toml" --as li --dry-run
$liftwarden import-lifts "$registry" --mapping "$here/lifts.toml" --as li

echo "== three cases: one only found, one shut down by order, one put right and closed out by a second person"
open() { $liftwarden open-problem "$1" --as li --category door --cause ageing --description "$2" --found-at "$3" --json; }
lifts=($($liftwarden find-lift ave --as li --limit 3 2>/dev/null | cut -f4 | tail -n 3))
open "${lifts[0]}" "landing door lock worn" 2017-02-01 >/dev/null
file=$(open "${lifts[1]}" "governor out of order" 2017-02-03 | field file_id)
$liftwarden shut-down "$file" --as li --order-number D-1 --authority 演示监管机构 --expires-on 2017-12-31 --at 2017-02-10 >/dev/null
problem=$(open "${lifts[2]}" "door lock circuit open" 2016-09-01 | field id)
$liftwarden begin-rectification "$problem" --as li --at 2016-10-01 >/dev/null
photo=$(mktemp --suffix .png)
python3 -c 'import base64,sys; sys.stdout.buffer.write(base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"))' >"$photo"
$liftwarden attach-evidence "$problem" --as li --kind before --file "$photo" >/dev/null
$liftwarden attach-evidence "$problem" --as li --kind after --file "$photo" >/dev/null
$liftwarden report-rectification "$problem" --as li --text "lock replaced" --at 2017-03-01 >/dev/null
$liftwarden pass-recheck "$problem" --as li --at 2017-03-10 >/dev/null
$liftwarden close-problem "$problem" --as zhao --at 2017-03-12 >/dev/null

echo "== the return of June 2017, and the lifts behind its cells"
$liftwarden fill-return --form 2017-annex --period 2017-06 --division US-NYC --format json --as li || true
for cell in B H I; do $liftwarden explain-cell --form 2017-annex --period 2017-06 --division US-NYC --cell "$cell" --as li; done
$liftwarden verify-journal
