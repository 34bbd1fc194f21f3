#!/usr/bin/env bash
# Load on loopback: the server against the ceiling of this machine, in turns, so that a machine whose speed drifts
# hurts both alike. Prints each round and the medians: requests per second, p50, p99, and the ratio to the ceiling.
#
# ROUNDS (5) and SECONDS_EACH (5) and CONNECTIONS (64) may be set. On Linux with two cores or more the servers are kept
# on core 0 and the load on core 1.
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=${ROUNDS:-5}
length=${SECONDS_EACH:-5}
connections=${CONNECTIONS:-64}

if ! command -v wrk >/dev/null; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends wrk >/dev/null
    else
        echo 'benches/load/run.sh: wrk is needed (Debian, Ubuntu: apt-get install wrk)' >&2
        exit 2
    fi
fi
on_server='' on_load=''
if command -v taskset >/dev/null && [ "$(nproc)" -ge 2 ]; then
    on_server='taskset -c 0' on_load='taskset -c 1'
fi

cargo build --release --locked --bin tokengrid --example ceiling
target=${CARGO_TARGET_DIR:-target}/release
home=$(mktemp -d /tmp/tokengrid-bench.XXXXXX)
server='' ceiling=''
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$ceiling" ] || kill "$ceiling" 2>/dev/null || true
    rm -rf "$home"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

port=$((21000 + RANDOM % 8000))
ours=http://127.0.0.1:$port
theirs=http://127.0.0.1:$((port + 1))
export TOKENGRID_METRICS__LISTEN=off TOKENGRID_SERVER__DATA_DIR=$home
$on_server "$target/tokengrid" serve --demo --listen "127.0.0.1:$port" >"$home/out" 2>/dev/null &
server=$!
for _ in $(seq 100); do curl -sf "$ours/health/ready" >/dev/null && break || sleep 0.1; done
field() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }
pair=$("$target/tokengrid" --data-dir "$home/demo" credentials my-org/my-app --json)
id=$(field client_id <<<"$pair") secret=$(field client_secret <<<"$pair")
$on_server "$target/examples/ceiling" "127.0.0.1:$((port + 1))" "$id" "$secret" testpw >/dev/null 2>&1 &
ceiling=$!
for _ in $(seq 100); do curl -s "$theirs/verify" >"$home/token" && break || sleep 0.1; done

grant="grant_type=client_credentials&client_id=$id&client_secret=$secret"
mine=$(curl -s "$ours/my-org/my-app/token" -d "$grant" | field access_token)
theirs_token=$(curl -s "$theirs/verify")

form() { printf 'wrk.method="POST" wrk.body="%s" wrk.headers["Content-Type"]="application/x-www-form-urlencoded"\n' "$1"; }
bearer() { printf 'wrk.headers["Authorization"]="Bearer %s"\n' "$1"; }
form "$grant" >"$home/grant.lua"
bearer "$mine" >"$home/mine.lua"
bearer "$theirs_token" >"$home/theirs.lua"
form 'grant_type=password&username=john.doe&password=testpw' >"$home/login.lua"

# CPU seconds that a process has used so far.
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / hz }' "/proc/$1/stat"; }

# measure PROCESS SCRIPT URL CONNECTIONS -> "requests/s p50_ms p99_ms cpu_us_per_request"
measure() {
    local before after out
    before=$(cpu "$1")
    out=$($on_load wrk -t1 -c"$4" -d"${length}s" --timeout 30s --latency -s "$2" "$3")
    after=$(cpu "$1")
    if grep -q 'Non-2xx' <<<"$out"; then echo "refused: $3: $out" >&2; exit 1; fi
    awk -v used="$(awk "BEGIN { print $after - $before }")" '
        function ms(text) { return text ~ /us$/ ? text / 1000 : text ~ /ms$/ ? text + 0 : text * 1000 }
        /^ *50%/ { p50 = ms($2) } /^ *99%/ { p99 = ms($2) } /requests in/ { count = $1 } /^Requests\/sec/ { rate = $2 }
        END { printf "%.1f %.3f %.3f %.1f\n", rate, p50, p99, used * 1e6 / count }' <<<"$out"
}

median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# job NAME CONNECTIONS CEILING_SCRIPT CEILING_PATH OUR_SCRIPT OUR_PATH
job() {
    local a b round
    : >"$home/a" && : >"$home/b"
    for round in $(seq "$rounds"); do
        a=$(measure "$ceiling" "$home/$3" "$theirs$4" "$2")
        b=$(measure "$server" "$home/$5" "$ours$6" "$2")
        echo "$a" >>"$home/a" && echo "$b" >>"$home/b"
        printf '  %-20s round %s  ceiling %s  tokengrid %s\n' "$1" "$round" "$a" "$b"
    done
    {
        for column in 1 2 3 4; do cut -d' ' -f$column "$home/a" | median; done
        for column in 1 2 3 4; do cut -d' ' -f$column "$home/b" | median; done
        paste -d' ' "$home/a" "$home/b" | awk '{ print $5 / $1 }' | median
        paste -d' ' "$home/a" "$home/b" | awk '{ print $8 / $4 }' | median
    } | paste -sd' ' | awk -v name="$1" '{ printf "| %s | %.0f | %.2f | %.2f | %.0f | %.0f | %.2f | %.2f | %.0f | %.2f | %.2f |\n",
        name, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 }' >>"$home/table"
}

echo "columns of a round: requests/s, p50 ms, p99 ms, CPU us a request"
job client_credentials "$connections" grant.lua /token grant.lua /my-org/my-app/token
job verification "$connections" theirs.lua /verify mine.lua /my-org/my-app
job password 4 login.lua /password login.lua /my-org/my-app/token
echo
echo '| job | ceiling req/s | p50 ms | p99 ms | CPU us | tokengrid req/s | p50 ms | p99 ms | CPU us | rate ratio | CPU ratio |'
echo '|---|---|---|---|---|---|---|---|---|---|---|'
cat "$home/table"
