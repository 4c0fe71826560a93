# shellcheck shell=bash
# What the cluster consists of: names, ports, how each node is started and when it is ready. Sourced by deploy/local.

: "${root:?is set by deploy/local}" "${deploy:?is set by deploy/local}"
topology_file=${run:?is set by deploy/local}/topology

save_topology() {
    mkdir -p "$run"
    printf '%s\n' "silos=$silos" "gateways=$gateways" "redis_port=$redis_port" "redis_fsync=$redis_fsync" >"$topology_file"
}

load_topology() {
    local key value
    silos=0 gateways=0 redis_port=6390 redis_fsync=no
    [[ -r $topology_file ]] || return 1
    while IFS='=' read -r key value; do
        case $key in
            silos) silos=$value ;;
            gateways) gateways=$value ;;
            redis_port) redis_port=$value ;;
            redis_fsync) redis_fsync=$value ;;
        esac
    done <"$topology_file"
}

names_of() { # KIND COUNT
    local n
    for ((n = 1; n <= $2; n++)); do printf '%s-%d\n' "$1" "$n"; done
}

all_names() {
    echo redis
    names_of silo "$silos"
    names_of gateway "$gateways"
}

instance_of() { printf '%s' "${1##*-}"; }

# "label:port" words of a node; the health port comes first.
ports_of() {
    local shift_by
    [[ $1 == redis ]] && { printf 'tcp:%d' "$redis_port"; return; }
    shift_by=$(($(instance_of "$1") - 1))
    case $1 in
        silo-*) printf 'health:%d silo:%d clients:%d' $((7810 + shift_by)) $((11111 + shift_by)) $((30000 + shift_by)) ;;
        gateway-*)
            printf 'http+ws:%d tcp:%d kcp:%d admin:%d' \
                $((7710 + shift_by)) $((7700 + shift_by)) $((7720 + shift_by)) $((7760 + shift_by)) ;;
    esac
}

health_port() {
    local ports
    ports=$(ports_of "$1")
    ports=${ports%% *}
    printf '%s' "${ports#*:}"
}

# Prints one line for each port of the nodes named that somebody else listens on.
taken_ports() {
    local name port
    for name in "$@"; do
        for port in $(ports_of "$name"); do
            if port_taken "${port#*:}" "${port%%:*}"; then printf '  %s (%s of %s)\n' "${port#*:}" "${port%%:*}" "$name"; fi
        done
    done
}

require_free_ports() {
    local taken
    taken=$(taken_ports "$@")
    [[ -z $taken ]] || die "these ports are in use by other processes:"$'\n'"$taken"
}

redis_answers() {
    local answer
    { exec 3<>"/dev/tcp/127.0.0.1/$redis_port"; } 2>/dev/null || return 1
    printf 'PING\r\n' >&3
    IFS= read -r -t 3 answer <&3
    exec 3>&-
    [[ $answer == +PONG* ]]
}

is_ready() {
    live_pid "$1" >/dev/null || return 1
    if [[ $1 == redis ]]; then redis_answers; else bash "$deploy/ready" 127.0.0.1 "$(health_port "$1")"; fi
}

ready_or_gone() { is_ready "$1" || is_gone "$1"; }

# await_ready NAME SECONDS: fails with the reason and the end of the node's log.
await_ready() {
    local reason
    await "$2" ready_or_gone "$1" || true
    is_ready "$1" && return
    if is_gone "$1"; then reason="exited before it was ready"; else reason="was not ready within $2 s"; fi
    printf 'local: %s %s; the end of %s:\n' "$1" "$reason" "$(log_file "$1")" >&2
    tail -n 40 "$(log_file "$1")" | sed 's/^/    /' >&2
    return 1
}

# The operators' key of this cluster, made at its first start.
admin_key() {
    [[ -s $run/admin.key ]] || (umask 077 && head -c 24 /dev/urandom | base64 | tr '+/' '-_' >"$run/admin.key")
    cat "$run/admin.key"
}

# ask_admin PATH [JSON]: asks the first gateway that answers.
ask_admin() {
    local name port
    for name in $(names_of gateway "$gateways"); do
        live_pid "$name" >/dev/null || continue
        port=$(ports_of "$name")
        curl -sS --fail-with-body --max-time 120 -H "X-Admin-Key: $(admin_key)" ${2:+-d "$2"} \
            "http://127.0.0.1:${port##*:}/v1/admin/$1" && return
    done
    return 1
}

launch_redis() {
    mkdir -p "$run/redis/data"
    launch redis redis-server "$deploy/redis.conf" --port "$redis_port" --bind 127.0.0.1 \
        --dir "$run/redis/data" --appendfsync "$redis_fsync" --daemonize no
}

launch_host() { # NAME KIND ASSEMBLY
    # The working directory is the node's own; settings files stand beside the binaries.
    launch "$1" env -u ASPNETCORE_URLS -u ASPNETCORE_HTTP_PORTS -u DOTNET_URLS \
        DOTNET_ENVIRONMENT=Development ASPNETCORE_ENVIRONMENT=Development \
        DOTNET_CONTENTROOT="$run/bin/$2" ASPNETCORE_CONTENTROOT="$run/bin/$2" \
        Redis__ConnectionString="127.0.0.1:$redis_port" Admin__Key="$(admin_key)" \
        dotnet "$run/bin/$2/$3.dll" --instance "$(instance_of "$1")"
}

launch_node() {
    case $1 in
        redis) launch_redis ;;
        silo-*) launch_host "$1" silo GameBackend.Silo ;;
        gateway-*) launch_host "$1" gateway GameBackend.Gateway ;;
    esac
}

publish() { # KIND PROJECT
    local output
    note "building $2"
    output=$(dotnet publish "$root/src/$2/$2.csproj" -c Release -o "$run/bin/$1" --nologo -v quiet -nodeReuse:false \
        2>&1 </dev/null) || die "the build of $2 failed:"$'\n'"$output"
}
