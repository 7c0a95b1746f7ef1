#!/usr/bin/env bash
# Makes the fixture that UpgradeTests.cs opens: what a host of an earlier release leaves behind when it is killed.
#
#   make-fixture.sh [COMMIT]
#
# Builds COMMIT of this repository in a temporary directory, runs its host on a private PostgreSQL, drives both into the
# state below, kills the host and writes the directory of the commit's short hash beside this script:
#
#   database.sql               a plain dump of the whole database
#   data/                      the data directory without PostgreSQL: gateway-node, gateway-spill, the first credentials
#   keyring/                   what the secrets of access keys are encrypted with
#   *.credentials              access keys of further users, as `keys create` printed them
#   device.password            of the thing lamp-ended
#   events.ACCOUNT.ndjson      every event of the current generation that was posted over HTTP
#   answers.ndjson             requests, and how that release answered them, for things that nothing is pending for
#
# Every secret in it was made for the fixture and is of no use elsewhere.
#
# Pending in it: the purge of a generation, kept from running by a reader of its tables; the sessions of a killed
# gateway node; a spilled connect, a spilled disconnect and a spilled pair of both, none of which is in the database.
#
# Needs: git, the .NET SDK of that commit, PostgreSQL 14 or newer with psql and pg_dump, mosquitto_sub, curl 7.75 or
# newer, jq, GNU coreutils. Takes some 2 minutes. Ends every process that it started.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
commit=${1:-67fc2cb1b55473d8c180bd2b9e1be0b8e580e63d}
repository=$(git -C "$here" rev-parse --show-toplevel)
short=$(git -C "$repository" rev-parse --short=7 "$commit^{commit}")
fixture=$here/$short

# PostgreSQL may run as another user than root, which must be able to enter the directory.
work=$(mktemp -d "${TMPDIR:-/tmp}/connectivity-fixture.XXXXXX")
chmod 711 "$work"
run=$work/run
data=$run/.data
out=$work/out
mkdir -m 711 "$run"
mkdir -p "$out/data"

host=
declare -A devices=() sessions=() pipes=()

# A line of the file that names the server's process and socket; nothing where there is no server.
postmaster() { sed -n "$1p" "$data/postgres/data/postmaster.pid" 2>/dev/null || true; }

# Waits until the process is gone; one that is not a child of this shell as well.
until_gone() { until ! kill -0 "$1" 2>/dev/null; do sleep 0.1; done; }

stop_postgres() {
  local pid sockets
  pid=$(postmaster 1) sockets=$(postmaster 5)
  if [ -z "$pid" ]; then return; fi
  if kill -INT "$pid" 2>/dev/null; then until_gone "$pid"; fi
  # Made in the temporary directory where the data directory's path is too long for a socket.
  case $sockets in */connectivity-socket-*) rm -rf "$sockets" ;; esac
}

clean_up() {
  set +e
  for pid in "${devices[@]}"; do kill -KILL "$pid" 2>/dev/null; done
  for pid in "${sessions[@]}" $host; do kill -KILL "$pid" 2>/dev/null; done
  wait 2>/dev/null
  stop_postgres
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { echo "$(date +%T) $*"; }

fail() {
  echo "make-fixture: $*" >&2
  if [ -f "$work/host.log" ]; then tail -20 "$work/host.log" >&2; fi
  exit 1
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local limit=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$limit" ]; then fail "waited in vain: $what"; fi
    sleep 0.1
  done
}

# --------------------------------------------------------------------------------------- the host and its commands

program=$work/source/src/Connectivity.Api/bin/Debug/net10.0/Connectivity.Api.dll
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 NO_COLOR=1

build() {
  git clone --quiet --no-checkout "$repository" "$work/source"
  git -C "$work/source" checkout --quiet --detach "$commit"
  (cd "$work/source" && dotnet build src/Connectivity.Api -c Debug -v quiet -nodeReuse:false \
    -p:UseSharedCompilation=false) >"$work/build.log" 2>&1 || fail "the build failed: $(tail -30 "$work/build.log")"
}

start_host() {
  (cd "$run" && exec dotnet "$program" --urls=http://127.0.0.1:0 --Connectivity:Mqtt:Port=0) >"$work/host.log" 2>&1 &
  host=$!
  wait_for 120 "the host serves" grep -q 'aws --endpoint-url' "$work/host.log"
  http=$(grep -oE 'HTTP is served at http://[0-9.:]+' "$work/host.log" | grep -oE 'http://.*')
  mqtt=$(grep -oE 'MQTT is served at [0-9.]+:[0-9]+' "$work/host.log" | grep -oE '[0-9]+$')
}

stop_host() {
  kill -TERM "$host"
  wait "$host" || fail "the host did not stop in order"
  host=
}

command_of_host() { (cd "$run" && dotnet "$program" "$@" 2>>"$work/commands.log"); }

# -------------------------------------------------------------------------------------------------- HTTP, signed

account=000000000000
other_account=111122223333
declare -A profile=([$account]=$data/credentials [$other_account]=$out/operator.credentials)

setting_of() { sed -n "s/^$2 = //p" "$1"; }

# ask ACCOUNT METHOD PATH [BODY [CONTENT_TYPE]]: writes the body of the answer, and to the file `status` its status.
ask() {
  local file=${profile[$1]} body=()
  if [ -n "${4:-}" ]; then body=(-H "content-type: ${5:-application/json}" --data-binary "$4"); fi
  curl --silent --show-error --aws-sigv4 aws:amz:us-east-1:iot \
    --user "$(setting_of "$file" aws_access_key_id):$(setting_of "$file" aws_secret_access_key)" \
    -X "$2" "${body[@]}" -w '%{stderr}%{http_code}' "$http$3" 2>"$work/status"
}

must() {
  local answer
  answer=$(ask "$@")
  [ "$(cat "$work/status")" = 200 ] || fail "$2 $3: $(cat "$work/status") $answer"
  echo "$answer"
}

# Keeps the request and its answer.
record() {
  local answer
  answer=$(ask "$@")
  jq --null-input --compact-output --arg account "$1" --arg method "$2" --arg path "$3" --arg body "${4:-}" \
    --argjson status "$(cat "$work/status")" --argjson answer "$answer" \
    '{$account, $method, $path, $body, $status} + if $status == 200 then {$answer} else {} end' >>"$out/answers.ndjson"
}

record_thing() {
  record "$1" GET "/things/$2"
  record "$1" POST "/things/$2/connectivity-data" '{"includeSocketInformation":true}'
  record "$1" GET "/v1/things/$2/connectivity?includeSocketInformation=true"
  record "$1" GET "/v1/things/$2/events?includeSocketInformation=true"
}

create_thing() { must "$1" POST "/things/$2" "${3-{\}}" >/dev/null; }

turn_indexing() {
  local on='{"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"STATUS",
    "filter":{"connectivity":{"includeSocketInformation":["GET_THING_CONNECTIVITY_DATA"]}}}}'
  local off='{"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY"}}'
  must "$1" POST /indexing/config "${!2}" >/dev/null
}

# event CLIENT KIND SECONDS VERSION [MEMBERS]: SECONDS after the beginning of history, which is two hours ago.
began=$((($(date +%s) - 7200) * 1000))
event() {
  jq --null-input --compact-output --arg client "$1" --arg kind "$2" --argjson at $((began + $3 * 1000)) \
    --argjson version "$4" --argjson members "${5-{\}}" \
    '{clientId: $client, eventType: $kind, timestamp: $at, sessionIdentifier: "session-\($version)",
      versionNumber: $version} + $members'
}
connect() { event "$1" connected "$2" "$3" "${4-{\}}"; }
disconnect() { event "$1" disconnected "$2" "$3" "{\"disconnectReason\":\"$4\"}"; }

# post ACCOUNT EVENTS OUTCOMES: OUTCOMES are the expected ones, one word each.
post() {
  local outcomes
  outcomes=$(must "$1" POST '/v1/lifecycle-events?import=true' "$2" application/x-ndjson |
    jq -r '[.outcomes[].outcome] | join(" ")')
  [ "$outcomes" = "$3" ] || fail "the outcomes were $outcomes, and not $3"
}

# As post, of the generation that is current when the fixture is done.
post_current() {
  post "$@"
  echo "$2" >>"$out/events.$1.ndjson"
}

# ------------------------------------------------------------------------------------------------------- devices

declare -A password=()

# create_device NAME [BODY [OPTIONS]]
create_device() {
  create_thing "$account" "$1" "${2-{\}}"
  password[$1]=$(command_of_host devices create "$1" "${@:3}" | setting_of /dev/stdin password)
}

is_connected() { [ "$(ask "$account" POST "/things/$1/connectivity-data" '{}' | jq .connected)" = "$2" ]; }

# start_device NAME [OPTIONS]: returns once it has the CONNACK; the commit of its connect comes later.
start_device() {
  stdbuf -oL mosquitto_sub -h 127.0.0.1 -p "$mqtt" -i "$1" -u "$1" -P "${password[$1]}" -t "devices/$1" -d "${@:2}" \
    >"$work/$1.log" 2>&1 &
  devices[$1]=$!
  wait_for 20 "$1 gets its CONNACK" grep -q 'received CONNACK (0)' "$work/$1.log"
}

connect_device() {
  start_device "$@"
  wait_for 30 "$1 is connected" is_connected "$1" true
}

# end_device NAME SIGNAL: TERM sends a DISCONNECT first, KILL doesn't.
end_device() {
  kill "-$2" "${devices[$1]}"
  wait "${devices[$1]}" 2>/dev/null || true
  unset "devices[$1]"
}

disconnect_device() {
  end_device "$@"
  wait_for 30 "$1 is disconnected" is_connected "$1" false
}

# -------------------------------------------------------------------------------------------------- the database

attach_to_database() {
  export PGHOST PGPORT PGUSER=connectivity PGDATABASE=connectivity PGPASSWORD PGTZ=UTC
  PGHOST=$(postmaster 5) PGPORT=$(postmaster 4) PGPASSWORD=$(cat "$data/postgres/password")
}

sql() { psql --no-psqlrc --quiet --tuples-only --no-align -v ON_ERROR_STOP=1 -c "$1"; }

is_true() { [ "$(sql "select $1")" = t ]; }

# Sessions that keep a transaction open until they are closed.
open_session() {
  local pipe=$work/$1
  mkfifo "$pipe"
  PGAPPNAME=$1 psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 <"$pipe" >"$pipe.log" 2>&1 &
  sessions[$1]=$!
  exec {session}>"$pipe"
  pipes[$1]=$session
  echo "begin; $2" >&"$session"
  wait_for 20 "the locks of the session $1" is_true "count(*) > 0 from pg_locks join pg_stat_activity a using (pid)
    where a.application_name = '$1' and relation = '$3'::regclass and granted and a.state = 'idle in transaction'"
}

close_session() {
  echo '\q' >&"${pipes[$1]}"
  wait "${sessions[$1]}" || fail "the session $1 failed: $(cat "$work/$1.log")"
  unset "sessions[$1]"
}

purge_is_scheduled() {
  is_true "count(*) = 1 and bool_and(status = 'Scheduled') from wolverine.wolverine_incoming_envelopes
    where message_type like '%PurgeGeneration%' and status <> 'Handled'"
}

# ----------------------------------------------------------------------------------------------------- the state

long_name=pump-$(printf 'x%.0s' {1..119})-end
[ ${#long_name} = 128 ] || fail "the long name has ${#long_name} characters"
details='{"principalIdentifier":"principal-1","keepAliveDuration":60,"cleanSession":true,"sessionExpiry":3600,
  "sourceIp":"192.0.2.7","sourcePort":50123,"targetIp":"198.51.100.9","targetPort":8883,
  "vpcEndpointId":"vpce-0123456789"}'

write_access() {
  local policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:GetThingConnectivityData",
    "Resource":"arn:aws:iot:us-east-1:000000000000:thing/pump-*"}]}'
  echo "$policy" >"$work/policy.json"
  command_of_host keys create reader >"$out/reader.credentials"
  command_of_host policies attach reader pumps-only "$work/policy.json" >/dev/null
  command_of_host keys create former >"$out/former.credentials"
  command_of_host policies attach former pumps-only "$work/policy.json" >/dev/null
  command_of_host keys disable "$(setting_of "$out/former.credentials" aws_access_key_id)" >/dev/null
  command_of_host limits set GetThingConnectivityData 1234 --burst 2345 >/dev/null

  echo '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' >"$work/policy.json"
  command_of_host keys create operator --account "$other_account" >"$out/operator.credentials"
  command_of_host policies attach operator everything "$work/policy.json" --account "$other_account" >/dev/null
}

# A generation that ended, and whose purge was completed.
write_purged_generation() {
  turn_indexing "$account" on
  for name in pump-connected pump-lost; do create_thing "$account" "$name"; done
  post "$account" "$(connect pump-connected 60 1; connect pump-lost 60 1)" 'accepted accepted'
  turn_indexing "$account" off
  wait_for 60 "the purge is completed" is_true "count(*) = 0 from connectivity.mt_events"
  turn_indexing "$account" on
}

write_http_history() {
  local reason reasons="AUTH_ERROR CLIENT_ERROR FORBIDDEN_ACCESS MQTT_KEEP_ALIVE_TIMEOUT SERVER_ERROR
    SERVER_INITIATED_DISCONNECT API_INITIATED_DISCONNECT THROTTLED WEBSOCKET_TTL_EXPIRATION CUSTOMAUTH_TTL_EXPIRATION
    DUPLICATE_CLIENTID CONNECTION_LOST UNKNOWN A_REASON_OF_LATER_TIMES CLIENT_INITIATED_DISCONNECT"
  local events accepted=() version=0 name
  for name in pump-reasons pump-late pump-takeover pump-overtaken pump-sources "$long_name" pump-unknown; do
    create_thing "$account" "$name"
  done
  create_thing "$account" pump-attributes '{"attributePayload":{"attributes":{"site":"north-1","model":"P:200/b"}}}'
  must "$account" PATCH /things/pump-attributes \
    '{"attributePayload":{"attributes":{"floor":"3"},"merge":true}}' >/dev/null
  create_thing "$account" pump-removed '{"attributePayload":{"attributes":{"site":"south"}}}'

  post_current "$account" "$(
    connect pump-connected 0 1; disconnect pump-connected 600 1 CONNECTION_LOST
    connect pump-connected 1200 2 "$details"
    connect pump-lost 100 1 "$details"; disconnect pump-lost 1900 1 CONNECTION_LOST)" \
    'accepted accepted accepted accepted accepted'
  events=$(for reason in $reasons; do
    version=$((version + 1))
    connect pump-reasons $((version * 100)) "$version"
    disconnect pump-reasons $((version * 100 + 50)) "$version" "$reason"
  done)
  for reason in $reasons; do accepted+=(accepted accepted); done
  post_current "$account" "$events" "${accepted[*]}"

  # Older than the record: an earlier connection, and its end, which is later than the connect that is shown.
  post_current "$account" "$(
    connect pump-late 1200 2; connect pump-late 0 1; disconnect pump-late 1210 1 DUPLICATE_CLIENTID)" \
    'accepted late late'
  post_current "$account" "$(
    connect pump-takeover 0 1; connect pump-takeover 300 2; disconnect pump-takeover 301 1 DUPLICATE_CLIENTID)" \
    'accepted accepted late'
  # A disconnect that is there before its connect; then the connect brings its details.
  post_current "$account" "$(
    disconnect pump-overtaken 900 1 CLIENT_INITIATED_DISCONNECT; connect pump-overtaken 300 1 "$details")" \
    'accepted accepted'
  post_current "$account" "$(
    connect pump-sources 0 7 '{"source":"broker-1"}'; connect pump-sources 600 1 '{"source":"broker-2"}')" \
    'accepted accepted'
  post_current "$account" "$(
    connect "$long_name" 0 1 "$details"; disconnect "$long_name" 5 1 CLIENT_ERROR)" 'accepted accepted'

  # Refused as duplicates: in the same request, and in a later one.
  events=$(connect pump-lost 100 1 "$details"; connect pump-late 2400 3; connect pump-late 2400 3)
  post "$account" "$events" 'duplicate accepted duplicate'
  connect pump-late 2400 3 >>"$out/events.$account.ndjson"

  post "$account" "$(connect pump-removed 0 1; disconnect pump-removed 10 1 CONNECTION_LOST)" 'accepted accepted'
  must "$account" DELETE /things/pump-removed >/dev/null
}

# A generation that ended, and whose purge stays pending. The next one has things and events of the same names.
write_other_account() {
  turn_indexing "$other_account" on
  create_thing "$other_account" pump-connected '{"attributePayload":{"attributes":{"site":"elsewhere"}}}'
  create_thing "$other_account" pump-unknown
  post "$other_account" "$(
    connect pump-connected 60 1; disconnect pump-connected 90 1 CONNECTION_LOST; connect pump-unknown 0 1)" \
    'accepted accepted accepted'

  # A reader of all generations, as a dump is.
  open_session reader 'lock table connectivity.mt_doc_record, connectivity.mt_events, connectivity.mt_streams
    in access share mode;' connectivity.mt_streams
  turn_indexing "$other_account" off
  wait_for 60 "the purge has failed, and is scheduled again" purge_is_scheduled
  turn_indexing "$other_account" on
  post_current "$other_account" "$(
    connect pump-connected 0 1; disconnect pump-connected 30 1 THROTTLED)" 'accepted accepted'
}

write_device_history() {
  echo '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:Connect","iot:Subscribe","iot:Receive"],
    "Resource":"*"}]}' >"$work/policy.json"
  create_device lamp-ended '{"attributePayload":{"attributes":{"site":"north-1"}}}' --policy "$work/policy.json"
  for name in lamp-taken-over lamp-restarted lamp-orphaned lamp-orphaned-5 \
    lamp-spilled lamp-end-spilled lamp-visit-spilled; do create_device "$name"; done
  echo "${password[lamp-ended]}" >"$out/device.password"

  connect_device lamp-ended -k 45
  disconnect_device lamp-ended TERM
  connect_device lamp-ended
  disconnect_device lamp-ended KILL
  connect_device lamp-ended -k 5
  kill -STOP "${devices[lamp-ended]}"
  wait_for 30 "the keep-alive of lamp-ended has passed" is_connected lamp-ended false
  end_device lamp-ended KILL

  # The first one must not connect again when it is superseded.
  connect_device lamp-taken-over
  local first=${devices[lamp-taken-over]}
  kill -STOP "$first"
  devices[stopped]=$first
  start_device lamp-taken-over -k 90
  wait_for 30 "the first connection is superseded" is_true "count(*) = 3 from connectivity.mt_events
    where data ->> 'clientId' = 'lamp-taken-over'"
  kill -KILL "$first"
  wait "$first" 2>/dev/null || true
  unset "devices[stopped]"
  disconnect_device lamp-taken-over TERM

  connect_device lamp-restarted -V 5 -c -x 3600
}

restart_host() {
  kill -STOP "${devices[lamp-restarted]}"
  stop_host
  end_device lamp-restarted KILL
  # The private PostgreSQL went with its host, and the session with it.
  start_host
  attach_to_database
}

record_answers() {
  local name at
  for name in pump-connected pump-lost pump-reasons pump-late pump-takeover pump-overtaken pump-sources "$long_name" \
    pump-unknown pump-attributes pump-removed lamp-ended lamp-taken-over lamp-restarted; do
    record_thing "$account" "$name"
  done
  for name in pump-connected pump-lost pump-late pump-takeover pump-overtaken; do
    for at in 0 150 310 1000 2000; do
      at=$(date -u -d "@$((began / 1000 + at))" +%FT%H%%3A%M%%3A%SZ)
      record "$account" GET "/v1/things/$name/connectivity?asOf=$at"
    done
  done
  for name in pump-connected pump-unknown pump-lost; do record_thing "$other_account" "$name"; done
  for name in "$account" "$other_account"; do
    record "$name" GET /things
    record "$name" GET /indexing/config
  done
}

leave_sessions_and_spill() {
  connect_device lamp-orphaned -k 60
  connect_device lamp-orphaned-5 -V 5 -c -x 120 -k 30
  connect_device lamp-end-spilled

  # The commits of these things wait for the locks of this session: after a second what waits goes to the disk.
  open_session locker "select from connectivity.things where name like 'lamp-%spilled' for update;" connectivity.things
  start_device lamp-spilled -k 60
  end_device lamp-end-spilled TERM
  start_device lamp-visit-spilled
  end_device lamp-visit-spilled TERM
  wait_for 30 "all four are spilled" spilled 4
  # The host is last known alive after all that it spilled.
  spilled_at=$(sql 'select clock_timestamp()')
  wait_for 20 "the lease is renewed" is_true "renewed_at > '$spilled_at' from connectivity.gateway_nodes"
  wait_for 60 "the purge has failed again, and is scheduled" purge_is_scheduled
  kill -KILL "$host"
  wait "$host" 2>/dev/null || true
  host=
  close_session locker
  close_session reader
  for name in "${!devices[@]}"; do end_device "$name" KILL; done
  wait_for 60 "the killed host's sessions of the database have ended" is_true \
    "count(*) = 0 from pg_stat_activity where application_name = 'connectivity'"
}

spilled() { [ "$(cat "$data"/gateway-spill/*/*.jsonl | grep -c 'lamp-.*spilled')" = "$1" ]; }

# ----------------------------------------------------------------------------------------------- what is written

# Without what differs between runs and servers but means nothing: comments, the dump's session settings and its key,
# the place and the machine where it was made.
write_dump() {
  pg_dump --inserts --no-owner --no-privileges --no-comments --schema connectivity --schema wolverine |
    sed -E -e '/^--$/d' -e '/^-- (Name: |Data for Name: |Dumped |PostgreSQL database )/d' -e '/^\\(un)?restrict /d' \
      -e '/^SET (statement|lock|idle_in_transaction_session|transaction)_timeout = /d' \
      -e '/^SET (client_encoding|standard_conforming_strings|xmloption|client_min_messages|row_security) = /d' \
      -e '/^SET default_(tablespace|table_access_method) = /d' \
      -e "s#$work#/fixture#g" -e "/wolverine_nodes VALUES/s/'$(uname -n)'/'machine'/" >"$out/database.sql"
}

# Checks that the fixture contains what the tests rely on.
check() {
  local spilled expected='connected lamp-spilled, connected lamp-visit-spilled, disconnected lamp-end-spilled,'
  spilled=$(cat "$data"/gateway-spill/*/*.jsonl |
    jq -rs '[.[] | (keys - ["age"])[0] as $kind | "\($kind) \(.[$kind].clientId)"] | sort | join(", ")')
  [ "$spilled" = "$expected disconnected lamp-visit-spilled" ] || fail "the spill holds: $spilled"
  is_true "array_agg(client_id::text order by client_id) = array['lamp-end-spilled', 'lamp-orphaned', 'lamp-orphaned-5']
    from connectivity.gateway_sessions" || fail "other sessions are open"
  is_true "count(*) = 1 from connectivity.gateway_nodes" || fail "there are other nodes"
  is_true "count(*) = 0 from connectivity.mt_events
    where data ->> 'clientId' in ('lamp-spilled', 'lamp-visit-spilled')" || fail "what is spilled is stored"
  is_true "count(*) = 1 from connectivity.former_things" || fail "the deleted name is forgotten"
  is_true "count(*) = 3 from connectivity.mt_tenant_partitions" || fail "the ended generation is purged"
  purge_is_scheduled || fail "the purge is not scheduled"
}

write_fixture() {
  write_dump
  cp "$data/gateway-node" "$data/credentials" "$out/data/"
  for segment in "$data"/gateway-spill/*/*.jsonl; do
    mkdir -p "$out/data/gateway-spill/$(basename "$(dirname "$segment")")"
    cp "$segment" "$out/data/gateway-spill/$(basename "$(dirname "$segment")")/"
  done
  cp -r "$data/keyring" "$out/keyring"
  # Line ends stay as they are, on every machine.
  echo '* -text' >"$out/.gitattributes"
  chmod -R u=rwX,go=rX "$out"
  rm -rf "$fixture"
  cp -r "$out" "$fixture"
}

say "building $short"
build
start_host
attach_to_database
say "the host runs"
write_access
write_purged_generation
write_device_history
say "the devices have a history"
restart_host
say "the host has been restarted"
write_http_history
write_other_account
record_answers
leave_sessions_and_spill
say "the host has been killed"
check
write_fixture
say "$fixture is written: $(du -sb "$fixture" | cut -f1) bytes"
