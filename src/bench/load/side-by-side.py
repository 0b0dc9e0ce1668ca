#!/usr/bin/env python3
"""What a request costs the gateway, beside what a user would pick instead, in one run on one machine.

Each proxy runs alone on one core with one event loop; the load generator and the backend share another. The figure that
lasts is the proxy's CPU time per request and its ratio to the others of the same run: rounds alternate between the proxies,
so that a machine that slows down slows all of them.

    mvn -DskipTests package
    src/bench/load/side-by-side.py                      # every peer that is installed
    src/bench/load/side-by-side.py --peers vanilla --keep

Needs Linux, wrk and nginx (the backend). haproxy is measured where it is installed. --keep writes the table to
src/bench/results with machine, JDK and commit.
"""
import argparse
import datetime
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
BENCH_JAR = ROOT / "src/bench/target/bench.jar"
GATEWAY_JAR = ROOT / "gateway-app/target/meridian.jar"
PROXY_CORE, LOAD_CORE = "0", "1"
PORT = {"backend": 19001, "nginx": 18081, "haproxy": 18082, "bare": 18083, "vanilla": 18084, "meridian": 18085}
BODY = "meridian-" * 28 + "1234"  # 256 bytes

ROUTES = """
logging.level.root: WARN
server.port: {port}
spring.cloud.gateway.server.webflux.routes:
  - {{id: plain, uri: "http://127.0.0.1:{backend}", predicates: [Path=/plain/**]}}
"""
GATEWAY = ROUTES + """
  - {{id: balanced, uri: "lb://bench", predicates: [Path=/balanced/**]}}
management.server.port: 18095
meridian.upstreams.bench:
  balance: least-response-time
  regions:
    here: {{priority: 0, endpoints: ["http://127.0.0.1:{backend}"]}}
    there: {{priority: 1, endpoints: ["http://127.0.0.1:{backend}"]}}
meridian.access-log.enabled: {access_log}
"""
NGINX = """
daemon off; worker_processes 1; pid {dir}/{name}.pid; error_log {dir}/{name}.err crit;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; keepalive_timeout 300; {http} }}
"""
NGINX_BACKEND = 'server {{ listen 127.0.0.1:{backend} backlog=2048; default_type text/plain; return 200 "{body}"; }}'
NGINX_PROXY = """upstream backend {{ server 127.0.0.1:{backend}; keepalive 256; keepalive_requests 100000000; }}
server {{ listen 127.0.0.1:{port} backlog=2048; proxy_http_version 1.1; proxy_set_header Connection "";
  location / {{ proxy_pass http://backend; }} }}"""
HAPROXY = """
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 2s
  http-reuse always
frontend all
  bind 127.0.0.1:{port}
  default_backend one
backend one
  server one 127.0.0.1:{backend}
"""


class Proxy:
    """A proxy's process and the CPU time that it has used."""

    def __init__(self, name, command):
        self.name = name
        self.log = open(os.path.join(work, name + ".log"), "wb")
        self.process = subprocess.Popen(
            ["taskset", "-c", LOAD_CORE if name == "backend" else PROXY_CORE, *command],
            stdout=self.log, stderr=subprocess.STDOUT)

    def pids(self):
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout
        return [self.process.pid, *map(int, children.split())]

    def cpu_micros(self):
        ticks = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks * 1e6 / os.sysconf("SC_CLK_TCK")

    def resident_mb(self):
        total = 0
        for pid in self.pids():
            found = re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())
            total += int(found.group(1)) if found else 0
        return total / 1024

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()


def require(tool):
    if shutil.which(tool) is None:
        sys.exit(f"{tool} is not installed: it makes the load (wrk) or answers it (nginx), as in 'apt-get install wrk nginx'")


def save(name, text):
    path = os.path.join(work, name)
    pathlib.Path(path).write_text(text)
    return path


def command(name):
    values = {"port": PORT.get(name), "backend": PORT["backend"], "body": BODY, "dir": work, "name": name,
              "access_log": str(args.access_log).lower()}
    java = [args.java, *args.java_args.split(), "-Dreactor.netty.ioWorkerCount=1"]
    if name == "backend":
        return ["nginx", "-c", save("backend.conf", NGINX.format(http=NGINX_BACKEND.format(**values), **values))]
    if name == "nginx":
        return ["nginx", "-c", save("nginx.conf", NGINX.format(http=NGINX_PROXY.format(**values), **values))]
    if name == "haproxy":
        return ["haproxy", "-f", save("haproxy.cfg", HAPROXY.format(**values))]
    if name == "bare":
        return [*java, "-jar", str(BENCH_JAR), "bare", str(PORT["bare"]), f"http://127.0.0.1:{PORT['backend']}"]
    if name == "vanilla":
        config = save("vanilla.yml", ROUTES.format(**values))
        return [*java, "-jar", str(BENCH_JAR), "vanilla", f"--spring.config.location=file:{config}"]
    config = save("meridian.yml", GATEWAY.format(**values))
    return [*java, "-jar", str(GATEWAY_JAR), f"--spring.config.additional-location=file:{config}"]


def start(name):
    began = time.monotonic()
    proxy = Proxy(name, command(name))
    while time.monotonic() - began < 60:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT[name]}/plain/x", timeout=2)
            proxy.start_seconds = time.monotonic() - began
            return proxy
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    proxy.stop()
    sys.exit(f"{name} does not answer:\n" + pathlib.Path(proxy.log.name).read_text()[-2000:])


def load(port, path, seconds):
    out = subprocess.run(
        ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{args.connections}", f"-d{seconds}s", "--latency",
         f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True).stdout
    errors = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", out)))
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    errors += sum(map(int, sockets.groups())) if sockets else 0
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    millis = float(p99.group(1)) * {"us": 0.001, "ms": 1, "s": 1000}[p99.group(2)]
    return {"requests": int(re.search(r"(\d+) requests in", out).group(1)), "errors": errors, "p99": millis,
            "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))}


def measure(proxy, path):
    before = proxy.cpu_micros()
    row = load(PORT[proxy.name], path, args.seconds)
    row["cpu"] = (proxy.cpu_micros() - before) / max(1, row["requests"])
    row["rss"] = proxy.resident_mb()
    return row


def table(case, proxies):
    rows = {p.name: [] for p in proxies}
    for p in proxies:
        load(PORT[p.name], f"/{case}/x", args.warm if p.name in ("bare", "vanilla", "meridian") else 2)
    for _ in range(args.rounds):
        for p in proxies:
            rows[p.name].append(measure(p, f"/{case}/x"))
    middle = {n: {k: statistics.median(r[k] for r in all_) for k in ("cpu", "rate", "p99", "rss")}
              for n, all_ in rows.items()}
    lines = []
    for p in proxies:
        m = middle[p.name]
        ratios = ", ".join(f"{m['cpu'] / other['cpu']:.2f} × {n}" for n, other in middle.items() if n != p.name)
        lines.append(f"| {case} | {p.name} | {m['cpu']:.1f} | {m['rate']:.0f} | {m['p99']:.1f} | {m['rss']:.0f} | "
                     f"{sum(r['errors'] for r in rows[p.name])} | {p.start_seconds:.1f} | {ratios} |")
    return lines


def description():
    version = subprocess.run([args.java, "-version"], capture_output=True, text=True).stderr.splitlines()[1]
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return (f"{os.cpu_count()} cores, {model.group(1) if model else platform.machine()}, Linux {platform.release()}\n"
            f"JDK: {version}, {args.java_args}\ncommit: {commit.stdout.strip()}\n"
            f"load: wrk, {args.connections} connections, {args.rounds} rounds of {args.seconds} s, "
            f"warm-up {args.warm} s, {len(BODY)}-byte body; proxy and load on a core each\n")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--peers", default="nginx,haproxy,bare,vanilla", help="what to measure beside the gateway")
parser.add_argument("--cases", default="plain,balanced")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--seconds", type=int, default=5)
parser.add_argument("--warm", type=int, default=25)
parser.add_argument("--connections", type=int, default=64)
parser.add_argument("--java", default="java")
parser.add_argument("--java-args", default="-Xmx512m")
parser.add_argument("--access-log", action="store_true", help="with the gateway's access log on")
parser.add_argument("--keep", action="store_true", help="write the result to src/bench/results")
args = parser.parse_args()

require("wrk")
require("nginx")
for jar in (GATEWAY_JAR, BENCH_JAR):
    if not jar.exists():
        sys.exit(f"{jar.relative_to(ROOT)} is missing: mvn -DskipTests package makes it")
work = tempfile.mkdtemp(prefix="side-by-side-")
running = []
try:
    running.append(start("backend"))
    wanted = [p for p in args.peers.split(",") if p and (p != "haproxy" or shutil.which("haproxy"))] + ["meridian"]
    for peer in wanted:
        running.append(start(peer))
    result = ["| case | proxy | CPU µs/request | requests/s | p99 ms | RSS MB | errors | first 200 after s | CPU ratio |",
              "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for one in args.cases.split(","):
        able = [p for p in running[1:] if one == "plain" or p.name == "meridian"]
        result += table(one, able)
    text = description() + "\n" + "\n".join(result) + "\n"
    print(text)
    if args.keep:
        target = ROOT / "src/bench/results" / f"{datetime.date.today()}-side-by-side.md"
        target.write_text("# Side by side\n\n" + text)
        print("kept in", target.relative_to(ROOT))
finally:
    for each in reversed(running):
        each.stop()
    shutil.rmtree(work, ignore_errors=True)
