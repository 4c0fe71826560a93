"""Checks what a parser of compose files cannot know: that the files they name exist, that dependencies on health have a
health check behind them, and that ports agree with nginx.conf. Run by deploy/check from the repository's root."""
import pathlib
import re
import sys

import yaml

DEPLOY = pathlib.Path("deploy")
problems = []


def expect(condition, problem):
    if not condition:
        problems.append(problem)


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


def check_service(name, service, compose, healthy):
    mounts_exist(name, service, compose.get("volumes", {}))
    for network in service.get("networks", []):
        expect(network in compose["networks"], f"{name}: no network is called {network}")
    for dependency, how in service.get("depends_on", {}).items():
        expect(dependency in compose["services"], f"{name}: depends on {dependency}, which is no service")
        expect(how["condition"] != "service_healthy" or dependency in healthy, f"{name}: {dependency} has no health check")
    expect("stop_grace_period" in service, f"{name}: has no stop_grace_period")


def main():
    compose, tls = load("docker-compose.yml"), load("docker-compose.tls.yml")
    services = compose["services"]
    dockerfiles = {n: build_files_exist(n, s["build"]) for n, s in services.items() if "build" in s}
    healthy = {n for n, s in services.items() if "healthcheck" in s or "HEALTHCHECK" in dockerfiles.get(n, "")}
    expect(healthy == set(services), f"without a health check: {set(services) - healthy}")
    for name, service in services.items():
        check_service(name, service, compose, healthy)
    mounts_exist("nginx with TLS", tls["services"]["nginx"], compose.get("volumes", {}))
    for name in ("silo", "gateway"):
        expect(services[name]["deploy"]["replicas"] >= 2, f"{name}: fewer than two")
        expect("ports" not in services[name], f"{name}: publishes a port, and so cannot run twice")
        settings = services[name]["environment"]
        expect(settings["Redis__ConnectionString"] == "redis:6379", f"{name}: its Redis is another one")
        expect(settings["Accounts__SigningKey"].startswith("${GAMEBACKEND_SIGNING_KEY:?"), f"{name}: has a default key")

    nginx = (DEPLOY / "nginx/nginx.conf").read_text(encoding="utf-8")
    extra = "".join(path.read_text(encoding="utf-8") for path in sorted((DEPLOY / "nginx/tls").glob("*.conf")))
    for text, ports, where in ((nginx, services["nginx"]["ports"], "nginx.conf"), (extra, tls["services"]["nginx"]["ports"], "tls")):
        listened = set(re.findall(r"^\s*listen (\d+)", text, re.M))
        published = {port.split(":")[-1] for port in ports}
        expect(listened == published, f"{where}: listens on {sorted(listened)}, {sorted(published)} are published")
    for host, port in re.findall(r"^\s*server ([a-z]+):(\d+)", nginx, re.M):
        expect(host in services, f"nginx.conf: {host} is no service")
        expect(re.search(rf"^EXPOSE .*\b{port}\b", dockerfiles.get(host, ""), re.M), f"nginx.conf: {host} has no port {port}")

    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
