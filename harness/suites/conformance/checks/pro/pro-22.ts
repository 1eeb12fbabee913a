/** The name of a plugin in a configuration is not a path: nothing outside CNI_PATH may be run through it. */
import { chmod, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro22: RequirementCheck = {
  id: "PRO-22",
  level: "MUST",
  section: "1",
  title: "a plugin type with path separators is an error, and nothing is executed",
  since: "1.0.0",
  roles: anyRole,
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    // Beside the one folder of CNI_PATH, so that "../pro-22/canary" leads to it.
    const folder = join(subject.node.paths.cniBin, "..", "pro-22");
    await mkdir(folder, { recursive: true });
    t.cleanup(() => rm(folder, { recursive: true, force: true }));
    const [canary, song] = [join(folder, "canary"), join(folder, "song")];
    await writeFile(canary, `#!/bin/sh\necho ran > "${song}"\nexit 1\n`);
    await chmod(canary, 0o755);
    for (const type of [`../${basename(folder)}/canary`, canary]) {
      const environment = { CNI_PATH: subject.node.paths.cniBin };
      const called = await subject.call(t, "ADD", { pod, environment, config: { ipam: { type } } });
      const sang = await stat(song).then(
        () => true,
        () => false,
      );
      t.must(!sang, `ADD with ipam.type "${type}" should execute nothing, it executed the file`);
      mustFail(t, called, { what: `ADD with ipam.type "${type}"` });
    }
  },
};
