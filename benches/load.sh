#!/usr/bin/env bash
# Load on `tcrm serve` made by wrk, beside what the machine does at best: the same page by a bare statement of SQLite, and
# the smallest answer over HTTP (`/healthz`). CUSTOMERS, SECONDS_EACH, LONG (seconds of mixed work by 50 users, 0 for none),
# BIN; STORE is a store that is there already (it is written to), FIRST goes before the server's command (`chrt -r 1`), WRK_FIRST
# before wrk's; ONLY is a list of the loads to make: what, connections, and the rest of each connection between two requests
# in ms ("page:8 write:1 page:32:9": without a rest wrk takes what the server leaves of the processors, and each waits for
# the other).
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(realpath "${BIN:-target/release/tcrm}")
customers=${CUSTOMERS:-100000} each=${SECONDS_EACH:-10} long=${LONG:-60}
command -v wrk >/dev/null || { echo "wrk is needed (Debian: apt-get install wrk)"; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/tcrm-load.XXXXXX")
server=
trap 'kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
export HOME=$work TCRM_LANG=en

store=${STORE:-$work/load.db}
[ -n "${STORE:-}" ] || "$bin" --store "$store" init --demo "$customers" --seed 1 >/dev/null 2>&1
echo "$customers customers, $(du -m "$store" | cut -f1) MB, $(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg)"
${FIRST:-} "$bin" serve "$store" --open --listen 127.0.0.1:0 --rate 0 --log none 2>"$work/server.log" &
server=$!
until url=$(grep -o 'http://127[^; ]*' "$work/server.log"); do kill -0 "$server"; sleep 0.2; done
token=$(curl -fsS "$url/api/v1/sessions" -d '{"label":"load"}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
memory() { awk '/VmRSS|RssAnon/ { printf "%s %d MB  ", $1, $2 / 1024 }' "/proc/$server/status"; }

cat >"$work/ask.lua" <<'LUA'
-- Sends a request again and again and says how long the answers took; what isn't a success is counted.
local bad = 0
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init(args)
  kind = args[1]; token = args[2]; rest = tonumber(args[3]); number = 0
  math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)"), 16) % 100000)
  headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
end
local columns = "&fields=name,code,level,status,phone,owner,updated_at"
local reads = {
  page = "/api/v1/objects/customer/records?limit=50" .. columns,
  filtered = "/api/v1/objects/customer/records?limit=50&filter=level:A" .. columns,
  board = "/api/v1/board?cards=30",
  healthz = "/healthz",
  rights = "/api/v1/me",
}
local mixed = { "page", "page", "page", "filtered", "rights", "board", "write", "search", "agenda", "page" }
function request()
  local what = kind
  if what == "mixed" then what = mixed[math.random(#mixed)] end
  if what == "write" then
    number = number + 1
    local body = string.format('{"fields":{"name":"Load %d %d"}}', math.random(1, 1000000000), number)
    return wrk.format("POST", "/api/v1/objects/customer/records", headers, body)
  elseif what == "search" then
    return wrk.format("POST", "/api/v1/search", headers, '{"text":"huaxin","objects":[],"limit":20}')
  elseif what == "agenda" then
    return wrk.format("POST", "/api/v1/agenda", headers, '{"from":null,"to":"2027-01-01","of":"me","done":false,"limit":50}')
  end
  return wrk.format("GET", reads[what], headers)
end
function delay() return rest end
function response(status, _, body)
  if status >= 300 then bad = bad + 1; if bad == 1 then io.stderr:write(status .. " " .. body:sub(1, 200) .. "\n") end end
  failed = bad
end
function done(summary, latency)
  local all = 0
  for _, thread in ipairs(threads) do all = all + (thread:get("failed") or 0) end
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("p50 %8.2f ms   p99 %8.2f ms   max %8.2f ms   %8.0f requests/s   %d refused   %d errors\n",
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    summary.requests / (summary.duration / 1000000), all, errors))
end
LUA
load() { # what, connections, seconds, rest
  printf '%-34s' "$1 ($2 connections${4:+, $4 ms apart})"
  ${WRK_FIRST:-} wrk -t"$(($2 > 1 ? 2 : 1))" -c"$2" -d"$3s" -s "$work/ask.lua" --timeout 20s "$url" -- "$1" "$token" "${4:-0}" | tail -1
}

curl -fsS -o /dev/null -H "Authorization: Bearer $token" "$url/api/v1/board?cards=30"
for one in ${ONLY-healthz:8 page:8 page:32:9 filtered:8 board:2 write:1 write:8}; do
  IFS=: read -r what connections rest <<<"$one"
  load "$what" "$connections" "$each" "$rest"
done
if command -v sqlite3 >/dev/null; then
  statement="SELECT id, version, name, code, level, status, phone, owner, updated_at FROM customer ORDER BY updated_at DESC, id DESC LIMIT 50;"
  for _ in $(seq 1 2000); do echo "$statement"; done >"$work/page.sql"
  began=$(date +%s%N); sqlite3 -readonly "$store" <"$work/page.sql" >/dev/null; ended=$(date +%s%N)
  printf '%-34smean %6.3f ms, one after the other\n' "the page by bare SQL" "$(awk "BEGIN { print ($ended - $began) / 2000 / 1000000 }")"
fi
if [ "$long" -gt 0 ]; then
  echo "before mixed work: $(memory)"
  load mixed 50 "$long" "${REST:-}" >"$work/mixed" &
  mixed=$!
  for second in $(seq 60 60 "$((long - 1))"); do
    sleep 60
    echo "after $second s: $(memory)"
  done
  wait "$mixed"
  cat "$work/mixed"
  echo "after $long s: $(memory)"
fi
echo "load at the end $(cut -d' ' -f1-3 /proc/loadavg)"
