# shellcheck shell=bash
# What the clusters consist of: names, ports, how each node is started and when it is ready. Sourced by deploy/local.
# Zone 1's nodes are called silo-1 and so on, those of the others z2-silo-1 and so on. With one zone there are no harbors.

: "${root:?is set by deploy/local}" "${deploy:?is set by deploy/local}"
topology_file=${run:?is set by deploy/local}/topology

save_topology() {
    mkdir -p "$run"
    printf '%s\n' "silos=$silos" "gateways=$gateways" "zones=$zones" "redis_port=$redis_port" "redis_fsync=$redis_fsync" >"$topology_file"
}

load_topology() {
    local key value
    silos=0 gateways=0 zones=1 redis_port=6390 redis_fsync=no
    [[ -r $topology_file ]] || return 1
    while IFS='=' read -r key value; do
        case $key in
            silos) silos=$value ;;
            gateways) gateways=$value ;;
            zones) zones=$value ;;
            redis_port) redis_port=$value ;;
            redis_fsync) redis_fsync=$value ;;
        esac
    done <"$topology_file"
}

names_of() { # KIND: in every zone
    local n zone prefix count
    case $1 in
        silo) count=$silos ;;
        gateway) count=$gateways ;;
        harbor) count=$((zones > 1)) ;;
    esac
    for ((zone = 1; zone <= zones; zone++)); do
        if ((zone > 1)); then prefix=z$zone-; else prefix=''; fi
        for ((n = 1; n <= count; n++)); do printf '%s%s-%d\n' "$prefix" "$1" "$n"; done
    done
}

all_names() {
    echo redis
    names_of harbor
    names_of silo
    names_of gateway
}

instance_of() { printf '%s' "${1##*-}"; }

zone_of() { # NAME
    local zone=1
    if [[ $1 == z[0-9]*-*-* ]]; then zone=${1%%-*} zone=${zone#z}; fi
    printf '%s' "$zone"
}

# "label:port" words of a node; the health port comes first. --instance N moves ports as the programs do it.
ports_of() {
    local shift_by index
    [[ $1 == redis ]] && { printf 'tcp:%d' "$redis_port"; return; }
    index=$(($(instance_of "$1") - 1))
    shift_by=$((index % 10 + index / 10 * 300 + 1000 * ($(zone_of "$1") - 1)))
    case $1 in
        *harbor-*) printf 'health:%d' $((7910 + shift_by)) ;;
        *silo-*) printf 'health:%d silo:%d clients:%d' $((7810 + shift_by)) $((11111 + shift_by)) $((30000 + shift_by)) ;;
        *gateway-*)
            printf 'operators:%d http+ws:%d tcp:%d kcp:%d' \
                $((7760 + shift_by)) $((7710 + shift_by)) $((7700 + shift_by)) $((7720 + shift_by)) ;;
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

are_free() { [[ -z $(taken_ports "$@") ]]; }

# A process that was killed a moment ago may not have let go of its ports yet.
require_free_ports() {
    await 3 are_free "$@" || die "these ports are in use by other processes:"$'\n'"$(taken_ports "$@")"
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
    # Asked once: a node that was ready a moment ago may be busy now.
    if await "$2" ready_or_gone "$1" && ! is_gone "$1"; then return; fi
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

# ask_admin ZONE PATH [JSON]: asks the first gateway of the zone that answers.
ask_admin() {
    local name port zone=$1
    shift
    for name in $(names_of gateway); do
        [[ $(zone_of "$name") == "$zone" ]] || continue
        live_pid "$name" >/dev/null || continue
        port=$(health_port "$name")
        curl -sS --fail-with-body --max-time 120 -H "X-Admin-Key: $(admin_key)" \
            -H 'Content-Type: application/json' ${2:+-d "$2"} "http://127.0.0.1:$port/v1/admin/$1" && return
    done
    return 1
}

launch_redis() {
    mkdir -p "$run/redis/data"
    launch redis redis-server "$deploy/redis.conf" --port "$redis_port" --bind 127.0.0.1 \
        --dir "$run/redis/data" --appendfsync "$redis_fsync" --daemonize no
}

# One setting a line for a node of a deployment with several zones: its zone's ids, ports and, at silos, exports.
zone_settings() { # NAME
    local zone shift_by
    ((zones > 1)) || return 0
    zone=$(zone_of "$1") shift_by=$((1000 * ($(zone_of "$1") - 1)))
    printf '%s\n' "Node__Cluster=$zone"
    if [[ $1 == *silo-* ]]; then
        printf '%s\n' Node__Exports__0=gamebackend.zones.PlayerLookup Node__Exports__1=gamebackend.zones.ZoneBattles
    fi
    ((zone > 1)) || return 0
    printf '%s\n' "Cluster__ServiceId=${Cluster__ServiceId:-gamebackend}-z$zone" \
        "Cluster__ClusterId=${Cluster__ClusterId:-gamebackend}-z$zone" "Node__Name=$1" \
        "Gateway__TcpPort=$((7700 + shift_by))" "Gateway__HttpPort=$((7710 + shift_by))" \
        "Gateway__KcpPort=$((7720 + shift_by))" "Admin__Port=$((7760 + shift_by))" \
        "Silo__Port=$((11111 + shift_by))" "Silo__GatewayPort=$((30000 + shift_by))" \
        "Silo__HttpPort=$((7810 + shift_by))" "Harbor__HttpPort=$((7910 + shift_by))"
}

launch_host() { # NAME KIND ASSEMBLY
    local settings
    mapfile -t settings < <(zone_settings "$1")
    # The working directory is the node's own; settings files stand beside the binaries.
    launch "$1" env -u ASPNETCORE_URLS -u ASPNETCORE_HTTP_PORTS -u DOTNET_URLS \
        DOTNET_ENVIRONMENT=Development ASPNETCORE_ENVIRONMENT=Development \
        DOTNET_CONTENTROOT="$run/bin/$2" ASPNETCORE_CONTENTROOT="$run/bin/$2" \
        Redis__ConnectionString="127.0.0.1:$redis_port" Admin__Key="$(admin_key)" "${settings[@]}" \
        dotnet "$run/bin/$2/$3.dll" --instance "$(instance_of "$1")"
}

launch_node() {
    case $1 in
        redis) launch_redis ;;
        *harbor-*) launch_host "$1" harbor GameBackend.Harbor ;;
        *silo-*) launch_host "$1" silo GameBackend.Silo ;;
        *gateway-*) launch_host "$1" gateway GameBackend.Gateway ;;
    esac
}

publish() { # KIND PROJECT
    local output
    note "building $2"
    output=$(dotnet publish "$root/src/$2/$2.csproj" -c Release -o "$run/bin/$1" --nologo -v quiet -nodeReuse:false \
        2>&1 </dev/null) || die "the build of $2 failed:"$'\n'"$output"
}
