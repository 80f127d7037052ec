#!/usr/bin/env bash
# `python-environment.sh NAME WHAT…`: a Python environment of that name beside the clone, never in it, shared by all clones
# and holding WHAT, each a requirement or a file of requirements. Prints its folder. Needs Python 3.10 or newer and a package
# index; the second run is instant.
set -euo pipefail
name="$1"
shift
cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
venv="$cache/$name"
mkdir -p "$cache"
exec 9>"$cache/$name.lock"
flock 9

words=()
wanted=''
for what in "$@"; do
  if [[ -f "$what" ]]; then
    words+=(--requirement "$what")
    wanted+="$(<"$what")"$'\n'
  else
    words+=("$what")
    wanted+="$what"$'\n'
  fi
done

# Written last: an installation that was cut off, or is of other versions, is made again.
mark="$venv/installed.txt"
if [[ "$(cat "$mark" 2>/dev/null)" != "${wanted%$'\n'}" ]]; then
  echo "Installing $name in $venv" >&2
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check uv 9>&-
  "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" "${words[@]}" 9>&-
  printf '%s' "$wanted" >"$mark"
fi
echo "$venv"
