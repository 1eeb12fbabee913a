/** The laws of `dataplane.ts`, run over every dataplane: what the agent relies on, whatever makes ports forward. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Netns } from "../netlink/kernel.ts";
import { type AttachedPort, CheckFailure, type Dataplane, type PortSetting } from "./dataplane.ts";

export interface DataplaneWorld extends AsyncDisposable {
  /** started */
  readonly dataplane: Dataplane;
  /** at least three, all there and free */
  readonly representors: readonly string[];
  /** Takes a representor away, as a card that reboots. */
  remove(representor: string): Promise<void>;
  /** Another dataplane over the same kernel, started, as after a restart of the agent. */
  restart(): Promise<Dataplane>;
  /** The namespace in which its representor is now; not to be disposed while the world lives. */
  placeOf(port: AttachedPort): Promise<Netns>;
  /** All that a port could leave in the kernel, to be compared. */
  snapshot(): Promise<unknown>;
  /** All that `start` could change on the DPU itself, to be compared. */
  nodeSnapshot(): Promise<unknown>;
  /** A start makes nothing on the DPU that could be seen. */
  readonly startChangesNothing?: boolean;
  /** What that was before the first start. */
  readonly nodeBefore: unknown;
}

export interface DataplaneLaws {
  readonly name: string;
  /** why the laws cannot run here, or false */
  readonly skip: string | false;
  create(): Promise<DataplaneWorld>;
}

const { signal } = new AbortController();
const mac = "02:00:00:00:00:aa";

export function dataplaneLaws({ name, skip, create }: DataplaneLaws): void {
  const law = (what: string, body: (world: DataplaneWorld) => Promise<void>) =>
    test(`${name}: ${what}`, { skip }, async () => {
      await using world = await create();
      await body(world);
    });

  law("attach() gives at least one address, the MAC it was asked, and an MTU", async (world) => {
    const { setting } = await attached(world.dataplane, "a", rep(world, 0));
    assert.ok(setting.addresses.length > 0);
    assert.equal(setting.mac, mac);
    assert.ok(setting.mtu >= 1280);
  });

  law(
    "attach() chooses a MAC for a VF that has none, the same one after a restart",
    async (world) => {
      const request = {
        key: "net/a/eth0",
        representor: rep(world, 0),
        mac: "",
        networkConfig: "{}",
      };
      const first = await world.dataplane.attach(request, signal);
      assert.match(first.mac, /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/);
      const again = await (await world.restart()).attach(
        { ...request, addresses: first.addresses },
        signal,
      );
      assert.equal(again.mac, first.mac);
    },
  );

  law(
    "remove() leaves the DPU as it was before the first start(), and does so twice",
    async (world) => {
      const port = await attached(world.dataplane, "a", rep(world, 0));
      const restarted = await world.restart();
      await restarted.detach(port);
      if (world.startChangesNothing !== true) {
        assert.notDeepEqual(await world.nodeSnapshot(), world.nodeBefore);
      }
      await restarted.remove();
      assert.deepEqual(await world.nodeSnapshot(), world.nodeBefore);
      await restarted.remove();
      assert.deepEqual(await world.nodeSnapshot(), world.nodeBefore);
    },
  );

  law("attach() never gives one address to two ports", async (world) => {
    const ports = await Promise.all(
      [0, 1, 2].map((i) => attached(world.dataplane, `p${i}`, rep(world, i))),
    );
    const all = ports.flatMap(({ setting }) => setting.addresses.map(({ address }) => address));
    assert.equal(new Set(all).size, all.length);
  });

  law("check() passes after attach()", async (world) => {
    await world.dataplane.check(await attached(world.dataplane, "a", rep(world, 0)));
  });

  law(
    "attach() guards the representor, and check() says when it is guarded no more",
    async (world) => {
      const port = await attached(world.dataplane, "a", rep(world, 0));
      const { representor } = port;
      const place = await world.placeOf(port);
      const filters = await place.filters(representor);
      const [first] = filters;
      assert.ok(first !== undefined && first.hook === "ingress");
      assert.deepEqual(await world.dataplane.dropped?.([port]), new Map([[port.key, 0]]));
      await place.filterDel(representor, first);
      await assert.rejects(world.dataplane.check(port), (error) => {
        assert.ok(error instanceof CheckFailure);
        assert.match(error.message, new RegExp(`"${representor}" is not guarded`));
        return true;
      });
      const { key, setting } = port;
      const request = { key, representor, mac, networkConfig: "{}", addresses: setting.addresses };
      await (await world.restart()).attach(request, signal);
      assert.deepEqual(await place.filters(representor), filters);
    },
  );

  law("check() says that the representor is gone", async (world) => {
    const port = await attached(world.dataplane, "a", rep(world, 0));
    await world.remove(port.representor);
    await assert.rejects(world.dataplane.check(port), (error) => {
      assert.ok(error instanceof CheckFailure);
      assert.match(error.message, new RegExp(port.representor));
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });

  law("detach() leaves the kernel as it was, and done twice does nothing more", async (world) => {
    const before = await world.snapshot();
    const port = await attached(world.dataplane, "a", rep(world, 0));
    assert.notDeepEqual(await world.snapshot(), before);
    await world.dataplane.detach(port);
    assert.deepEqual(await world.snapshot(), before);
    await world.dataplane.detach(port);
    assert.deepEqual(await world.snapshot(), before);
  });

  law("detach() of one port leaves the others as they are", async (world) => {
    const stays = await attached(world.dataplane, "a", rep(world, 0));
    await world.dataplane.detach(await attached(world.dataplane, "b", rep(world, 1)));
    await world.dataplane.check(stays);
  });

  law("detach() of a port that was never attached succeeds", async (world) => {
    const before = await world.snapshot();
    await world.dataplane.detach({
      key: "net/x/eth0",
      representor: rep(world, 0),
      setting: nothing,
    });
    assert.deepEqual(await world.snapshot(), before);
  });

  law(
    "detach() of a port whose setting nobody knows leaves the kernel as it was",
    async (world) => {
      const before = await world.snapshot();
      const { key, representor } = await attached(world.dataplane, "a", rep(world, 0));
      await (await world.restart()).detach({ key, representor, setting: nothing });
      assert.deepEqual(await world.snapshot(), before);
    },
  );

  law("detach() frees the addresses although the representor is gone", async (world) => {
    const { free } = await world.dataplane.health();
    const port = await attached(world.dataplane, "a", rep(world, 0));
    await world.remove(port.representor);
    await world.dataplane.detach(port);
    assert.deepEqual((await world.dataplane.health()).free, free);
  });

  law("attach() without a representor rejects, names it and takes no address", async (world) => {
    const { free } = await world.dataplane.health();
    await assert.rejects(attached(world.dataplane, "a", "norep"), /norep/);
    assert.deepEqual((await world.dataplane.health()).free, free);
  });

  law("attach() whose signal has aborted rejects and leaves nothing", async (world) => {
    const before = await world.snapshot();
    const { free } = await world.dataplane.health();
    const gone = AbortSignal.abort(new Error("gave up"));
    await assert.rejects(attached(world.dataplane, "a", rep(world, 0), gone), /gave up/);
    assert.deepEqual(await world.snapshot(), before);
    assert.deepEqual((await world.dataplane.health()).free, free);
  });

  law(
    "after a restart attach() gives a port its own addresses again, and to nobody else",
    async (world) => {
      const port = await attached(world.dataplane, "a", rep(world, 0));
      const before = await world.snapshot();
      const next = await world.restart();
      const { addresses } = port.setting;
      const request = {
        key: "net/a/eth0",
        representor: port.representor,
        mac,
        networkConfig: "{}",
        addresses,
      };
      assert.deepEqual(await next.attach(request, signal), port.setting);
      assert.deepEqual(await world.snapshot(), before);
      const other = await attached(next, "b", rep(world, 1));
      assert.notEqual(other.setting.addresses[0]?.address, addresses[0]?.address);
    },
  );

  law(
    "after a restart an address that no record knows but the kernel uses is given to nobody",
    async (world) => {
      const lost = await attached(world.dataplane, "a", rep(world, 0));
      const next = await world.restart();
      const other = await attached(next, "b", rep(world, 1));
      assert.notEqual(other.setting.addresses[0]?.address, lost.setting.addresses[0]?.address);
      const heir = await attached(next, "c", rep(world, 0));
      await next.check(heir);
      await next.check(other);
    },
  );

  law(
    "addresses of a port that comes back stay taken although its representor is gone",
    async (world) => {
      const port = await attached(world.dataplane, "a", rep(world, 0));
      await world.remove(port.representor);
      const next = await world.restart();
      const { addresses } = port.setting;
      const request = {
        key: "net/a/eth0",
        representor: port.representor,
        mac,
        networkConfig: "{}",
        addresses,
      };
      await assert.rejects(next.attach(request, signal));
      const other = await attached(next, "b", rep(world, 1));
      assert.notEqual(other.setting.addresses[0]?.address, addresses[0]?.address);
    },
  );

  law("health() is ready", async (world) => {
    assert.equal((await world.dataplane.health()).state, "ready");
  });
}

const nothing: PortSetting = { addresses: [], routes: [], mtu: 0, mac: "", dns: {} };

async function attached(
  dataplane: Dataplane,
  containerId: string,
  representor: string,
  until: AbortSignal = signal,
): Promise<AttachedPort> {
  const key = `net/${containerId}/eth0`;
  const setting = await dataplane.attach({ key, representor, mac, networkConfig: "{}" }, until);
  return { key, representor, setting };
}

function rep(world: DataplaneWorld, index: number): string {
  const representor = world.representors[index];
  assert.ok(representor !== undefined);
  return representor;
}
