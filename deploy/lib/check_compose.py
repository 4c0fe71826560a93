"""Checks what a parser of compose files cannot know: that the files they name exist, that dependencies on health have a
health check behind them, that ports agree with nginx.conf, and that gateways believe nginx. Run by deploy/check from the
repository's root."""
import ipaddress
import pathlib
import re
import sys

import yaml

DEPLOY = pathlib.Path("deploy")
problems = []


def expect(condition, problem):
    if not condition:
        problems.append(problem)


class Override(list):
    """A list that takes the place of the one in the file before (!override); others are added to it."""


yaml.SafeLoader.add_constructor("!override", lambda loader, node: Override(loader.construct_sequence(node)))


def load(name):
    return yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))


def build_files_exist(name, build):
    context = (DEPLOY / build["context"]).resolve()
    expect(context == pathlib.Path.cwd().resolve(), f"{name}: the build context is not the repository's root")
    dockerfile = context / build["dockerfile"]
    expect(dockerfile.is_file(), f"{name}: there is no {build['dockerfile']}")
    return dockerfile.read_text(encoding="utf-8") if dockerfile.is_file() else ""


def mounts_exist(name, service, volumes):
    for mount in service.get("volumes", []):
        source = re.sub(r"\$\{[^}]*\}", "", mount).split(":")[0]
        if source.startswith("."):
            expect((DEPLOY / source).exists(), f"{name}: there is no {source}")
        elif source:
            expect(source in volumes, f"{name}: no volume is called {source}")


def is_gateway(name):
    return name.startswith("gateway-")


def names(services):
    """What a service is called in the networks: by its own name, and by its aliases."""
    for name, service in services.items():
        yield name, name
        networks = service.get("networks", {})
        if isinstance(networks, dict):
            yield from ((alias, name) for network in networks.values() for alias in (network or {}).get("aliases", []))


def check_service(name, service, compose, healthy):
    mounts_exist(name, service, compose.get("volumes", {}))
    for network in service.get("networks", []):
        expect(network in compose["networks"], f"{name}: no network is called {network}")
    for dependency, how in service.get("depends_on", {}).items():
        expect(dependency in compose["services"], f"{name}: depends on {dependency}, which is no service")
        expect(how["condition"] != "service_healthy" or dependency in healthy, f"{name}: {dependency} has no health check")
    expect("stop_grace_period" in service, f"{name}: has no stop_grace_period")


def datagrams_go_past_nginx(services, gateways, nginx):
    expect(not re.search(r"^\s*listen [^;]*\budp\b", nginx, re.M), "nginx.conf: strangers' datagrams take the connections of TCP")
    published = [services[name].get("ports", []) for name in gateways]
    expect(len({str(ports) for ports in published}) == len(gateways), "gateways: two of them publish the same port")
    for name, ports in zip(gateways, published):
        port = services[name]["environment"]["Gateway__KcpPort"]
        expect(ports == [f"{port}:{port}/udp"], f"{name}: publishes {ports}, and clients are told {port}")


def publishes_tls_alone(compose, tls, gateways):
    ports = tls["services"]["nginx"]["ports"]
    expect(isinstance(ports, Override), "nginx with TLS: the ports without TLS stay published")
    plain = {port.split(":")[-1] for port in compose["services"]["nginx"]["ports"]}
    expect(not plain & {port.split(":")[-1] for port in ports}, "nginx with TLS: publishes a port without TLS")
    for name in gateways:
        gateway = tls["services"][name]
        expect(isinstance(gateway.get("ports"), Override) and not gateway["ports"], f"{name} with TLS: publishes KCP")
        expect(gateway["environment"].get("Gateway__KcpPort") == "0", f"{name} with TLS: tells clients of KCP")


def check_image(name, dockerfile):
    """What the image needs, whatever it is run as: a volume for all that it writes, and a probe that asks it."""
    written = re.search(r"^RUN mkdir ([a-z ]+) &&", dockerfile, re.M)
    volumes = re.search(r"^VOLUME \[(.*)\]", dockerfile, re.M)
    for directory in written[1].split() if written else []:
        expect(volumes and f'"/app/{directory}"' in volumes[1], f"{name}: /app/{directory} is in no volume")
    file = re.search(r"Health__PortFile=(\S+)", dockerfile)
    probe = re.search(r"^HEALTHCHECK .*CMD (.*)$", dockerfile, re.M)
    expect(file and probe and f'"{file[1]}"' in probe[1], f"{name}: the probe does not ask the port that the process says")


def believes_its_proxy(compose, nginx, name):
    gateway, proxy = compose["services"][name]["environment"], compose["services"]["nginx"]["networks"]["front"]
    network = compose["networks"]["front"]["ipam"]["config"][0]
    address = ipaddress.ip_address(proxy["ipv4_address"])
    expect(gateway["Gateway__TrustedProxies__0"] == str(address), "gateway: trusts another proxy than nginx")
    expect(address in ipaddress.ip_network(network["subnet"]), "nginx: its address is not in the network front")
    expect(address not in ipaddress.ip_network(network["ip_range"]), "nginx: others may be given its address")
    says = re.search(r"^\s*proxy_protocol on;", nginx, re.M) is not None
    expect(says == (gateway["Gateway__ProxyProtocol"] == "true"), "nginx and gateways disagree about the PROXY protocol")


def main():
    compose, tls = load("docker-compose.yml"), load("docker-compose.tls.yml")
    services = compose["services"]
    dockerfiles = {n: build_files_exist(n, s["build"]) for n, s in services.items() if "build" in s}
    healthy = {n for n, s in services.items() if "healthcheck" in s or "HEALTHCHECK" in dockerfiles.get(n, "")}
    expect(healthy == set(services), f"without a health check: {set(services) - healthy}")
    for name, service in services.items():
        check_service(name, service, compose, healthy)
    mounts_exist("nginx with TLS", tls["services"]["nginx"], compose.get("volumes", {}))
    gateways = [name for name in services if is_gateway(name)]
    expect(len(gateways) >= 2, "gateways: fewer than two")
    expect(set(gateways) <= set(services["nginx"]["depends_on"]), "nginx: starts before a gateway")
    expect(set(gateways) <= set(tls["services"]), "tls: a gateway tells its clients the plain addresses")
    expect(services["silo"]["deploy"]["replicas"] >= 2, "silo: fewer than two")
    expect("ports" not in services["silo"], "silo: publishes a port, and so cannot run twice")
    for name in ("silo", *gateways):
        settings = services[name]["environment"]
        expect(settings["Redis__ConnectionString"] == "redis:6379", f"{name}: its Redis is another one")
        expect(settings["Accounts__SigningKey"].startswith("${GAMEBACKEND_SIGNING_KEY:?"), f"{name}: has a default key")

    nginx = (DEPLOY / "nginx/nginx.conf").read_text(encoding="utf-8")
    extra = "".join(path.read_text(encoding="utf-8") for path in sorted((DEPLOY / "nginx/tls").glob("*.conf")))
    for text, ports, where in ((nginx, services["nginx"]["ports"], "nginx.conf"), (extra, tls["services"]["nginx"]["ports"], "tls")):
        listened = {port + (protocol and "/udp") for port, protocol in re.findall(r"^\s*listen (\d+)( udp)?", text, re.M)}
        published = {port.split(":")[-1] for port in ports}
        expect(listened == published, f"{where}: listens on {sorted(listened)}, {sorted(published)} are published")
    for host, port in re.findall(r"^\s*server ([a-z]+):(\d+)", nginx, re.M):
        called = [name for known, name in names(services) if known == host]
        expect(called, f"nginx.conf: {host} is no service")
        for name in called:
            expect(re.search(rf"^EXPOSE .*\b{port}\b", dockerfiles.get(name, ""), re.M), f"nginx.conf: {name} has no port {port}")

    datagrams_go_past_nginx(services, gateways, nginx + extra)
    for name in gateways:
        believes_its_proxy(compose, nginx, name)
    publishes_tls_alone(compose, tls, gateways)
    for name, dockerfile in dockerfiles.items():
        check_image(name, dockerfile)
    for port in ("7700", "7710", "7720/udp"):
        expect(re.search(rf"^EXPOSE .*\b{port}(\s|$)", dockerfiles["silo"], re.M), f"silo: {port} is not exposed")
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
