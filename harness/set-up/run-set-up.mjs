/** `npm run set-up`: only the set-up, for scripts that go on by themselves. */
import { SetUpError, setUp } from "./set-up.mjs";

try {
  await setUp();
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
