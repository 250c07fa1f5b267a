"""pyroute2 in an empty network namespace: links, addresses, routes, rules, events, and the kernel's refusals."""

import asyncio
import socket

import timed
from pyroute2 import AsyncIPRoute, IPRoute, NetlinkError


def links(ipr):
    ipr.link("add", ifname="left", kind="veth", peer="right")
    ipr.link("add", ifname="bridge", kind="bridge")
    index = {name: ipr.link_lookup(ifname=name)[0] for name in ("lo", "left", "right", "bridge")}
    ipr.link("set", index=index["left"], master=index["bridge"], mtu=1400)
    for name in index:
        ipr.link("set", index=index[name], state="up")
    for link in sorted(ipr.get_links(), key=lambda link: link.get("ifname")):
        print("link", link.get("ifname"), link.get("mtu"), link.get(("linkinfo", "kind")))
    return index


def addresses(ipr, index):
    ipr.addr("add", index=index["right"], address="192.0.2.1", prefixlen=24)
    for number in range(1, 101):
        ipr.addr("add", index=index["bridge"], address=f"10.0.{number}.1", prefixlen=24)
    ipr.addr("add", index=index["right"], address="2001:db8::1", prefixlen=64)
    print("addresses", len(list(ipr.get_addr(family=socket.AF_INET, index=index["bridge"]))))
    ipr.flush_addr(index=index["bridge"], family=socket.AF_INET)
    print("after flushing", len(list(ipr.get_addr(family=socket.AF_INET, index=index["bridge"]))))
    found = ipr.get_addr(index=index["right"])
    print("right", sorted(each.get("address") for each in found if each["scope"] == 0))


def routes(ipr, index):
    for number in range(1, 201):
        ipr.route("add", dst=f"198.18.{number}.0/24", gateway="192.0.2.2", table=100)
    ipr.route("add", dst="default", family=socket.AF_INET, oif=index["right"], table=101, priority=7)
    print("routes", len(list(ipr.get_routes(family=socket.AF_INET, table=100))))
    chosen = next(iter(ipr.get_routes(family=socket.AF_INET, table=101)))
    print("default", chosen.get("oif") == index["right"], chosen.get("priority"))
    ipr.rule("add", table=100, priority=1000, src="192.0.2.0/24")
    rules = ipr.get_rules(family=socket.AF_INET)
    print("rules", sorted(rule.get("priority", 0) for rule in rules))
    ipr.neigh("add", dst="192.0.2.2", lladdr="02:00:00:00:00:01", ifindex=index["right"], state="permanent")
    print("neighbour", [each.get("lladdr") for each in ipr.get_neighbours(dst="192.0.2.2")])


def refusals(ipr, index):
    for what, call in {
        "no such link": lambda: ipr.link("delete", index=9999),
        "address twice": lambda: ipr.addr("add", index=index["right"], address="192.0.2.1", prefixlen=24),
        "no way there": lambda: ipr.route("add", dst="198.18.0.0/24", gateway="203.0.113.1"),
        "no such kind": lambda: ipr.link("add", ifname="x", kind="nosuchkind"),
    }.items():
        try:
            call()
        except NetlinkError as error:
            print(what, error.code)


def events():
    with IPRoute() as watcher, IPRoute() as other:
        watcher.bind()
        other.link("add", ifname="fresh", kind="veth", peer="other")
        heard = set()
        while not {"fresh", "other"} <= heard:
            heard |= {message.get("ifname") for message in watcher.get() if message["event"] == "RTM_NEWLINK"}
        print("heard", sorted(name for name in heard if name))
        other.link("delete", ifname="fresh")


async def on_asyncio():
    async with AsyncIPRoute() as ipr:
        names = [link.get("ifname") async for link in await ipr.get_links()]
        print("on asyncio", sorted(names))
        try:
            await ipr.link("set", index=9999, state="up")
        except NetlinkError as error:
            print("refused", error.code)


def main():
    with IPRoute() as ipr:
        index = links(ipr)
        addresses(ipr, index)
        routes(ipr, index)
        refusals(ipr, index)
    events()
    asyncio.run(on_asyncio())


if __name__ == "__main__":
    timed.run(main)
