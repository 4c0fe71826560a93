# shellcheck shell=bash
# Processes with pid files. A pid file holds the pid and the process's start time, so that a number the kernel has given
# to somebody else is never signalled. Sourced by deploy/local, which sets $run.

: "${run:?is set by deploy/local}"

die() { printf 'local: %s\n' "$*" >&2; exit 1; }
note() { printf '%s\n' "$*"; }

pid_file() { printf '%s/%s/pid' "$run" "$1"; }
log_file() { printf '%s/%s/console.log' "$run" "$1"; }

# Start time of a live process; nothing for one that is gone or only waits to be reaped.
process_stamp() {
    local line state fields
    if [[ -r /proc/self/stat ]]; then
        { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
        # The command's name stands in brackets and may hold blanks: fields count from behind it.
        read -ra fields <<<"${line##*) }"
        [[ ${fields[0]} != [ZX] ]] && printf '%s' "${fields[19]}"
    else
        state=$(LC_ALL=C ps -o stat= -p "$1") || return 1
        [[ $state != Z* ]] && LC_ALL=C ps -o lstart= -p "$1" | tr -s ' ' '_'
    fi
}

# Prints the pid of a node's live process, or fails.
live_pid() {
    local pid stamp
    { read -r pid stamp <"$(pid_file "$1")"; } 2>/dev/null || return 1
    [[ $(process_stamp "$pid") == "$stamp" ]] || return 1
    printf '%s' "$pid"
}

# running | stopped (by a command of ours, or never started) | exited (by itself, or killed from outside)
node_state() {
    if live_pid "$1" >/dev/null; then printf running
    elif [[ -e $(pid_file "$1") ]]; then printf exited
    else printf stopped; fi
}

# launch NAME COMMAND...: starts it detached, in its own process group and directory, writing to its log.
launch() {
    local name=$1 pid stamp
    shift
    mkdir -p "$run/$name"
    printf -- '--- %s started %s\n' "$name" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >>"$(log_file "$name")"
    # Job control gives the process a group of its own: an interrupt typed at the terminal is for this script alone.
    pid=$(
        set -m
        cd "$run/$name" || exit 1
        nohup "$@" </dev/null >>"$(log_file "$name")" 2>&1 &
        printf '%s' "$!"
    )
    stamp=$(process_stamp "$pid") || stamp=gone
    printf '%s %s\n' "$pid" "$stamp" >"$(pid_file "$name")"
}

# slowdown: how many times slower than alone on the machine programs run now, a whole number from 1 to 10: those that want
# to run, over the cores.
slowdown() {
    local load factor=1
    if { read -r load _ </proc/loadavg; } 2>/dev/null; then factor=$((${load%%.*} / $(getconf _NPROCESSORS_ONLN))); fi
    echo $((factor < 1 ? 1 : factor > 10 ? 10 : factor))
}

# await SECONDS COMMAND...: polls until the command succeeds; fails when the time is up. Slow is not failed: on a machine
# with more work than cores the time is as much longer as everything is slower.
await() {
    local began=$SECONDS limit=$1
    shift
    until "$@"; do
        ((SECONDS - began < limit || SECONDS - began < limit * $(slowdown))) || return 1
        sleep 0.2
    done
}

is_gone() { ! live_pid "$1" >/dev/null; }

# signal_node NAME SIGNAL
signal_node() {
    local pid
    pid=$(live_pid "$1") || return 0
    kill "-$2" "$pid" 2>/dev/null || true
}

kill_node() {
    signal_node "$1" KILL
    await 10 is_gone "$1" || die "$1 does not die: see pid $(live_pid "$1")"
    rm -f "$(pid_file "$1")"
}

# port_taken PORT [LABEL]: whether something listens on a port of this machine; kcp ports are UDP, which cannot be asked by
# a connection.
port_taken() {
    if [[ ${2-} == kcp ]]; then udp_port_taken "$1"; else tcp_port_taken "$1"; fi
}

# By the system's list of sockets (local address in hexadecimal). Where there is none the gateway itself finds out.
udp_port_taken() {
    [[ -r /proc/net/udp ]] && grep -qiE "^ *[0-9]+: [0-9A-F]+:$(printf '%04X' "$1") " /proc/net/udp
}

tcp_port_taken() { { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null && exec 3>&-; }
