/** The requirements that smoke proves, in the order of the catalogue. */
import { add01 } from "./checks/add-01.ts";
import { add02 } from "./checks/add-02.ts";
import { add03 } from "./checks/add-03.ts";
import { add05 } from "./checks/add-05.ts";
import { add06 } from "./checks/add-06.ts";
import { add07 } from "./checks/add-07.ts";
import { add10 } from "./checks/add-10.ts";
import { chk01 } from "./checks/chk-01.ts";
import { chk04 } from "./checks/chk-04.ts";
import { chk05 } from "./checks/chk-05.ts";
import { chk12 } from "./checks/chk-12.ts";
import { chk13 } from "./checks/chk-13.ts";
import { chk16 } from "./checks/chk-16.ts";
import { del01 } from "./checks/del-01.ts";
import { del02 } from "./checks/del-02.ts";
import { del04 } from "./checks/del-04.ts";
import { del06 } from "./checks/del-06.ts";
import { del08 } from "./checks/del-08.ts";
import { del09 } from "./checks/del-09.ts";
import { del13 } from "./checks/del-13.ts";
import { del14 } from "./checks/del-14.ts";
import { err01 } from "./checks/err-01.ts";
import { err02 } from "./checks/err-02.ts";
import { err04 } from "./checks/err-04.ts";
import { err05 } from "./checks/err-05.ts";
import { gc01 } from "./checks/gc-01.ts";
import { gc03 } from "./checks/gc-03.ts";
import { gc04 } from "./checks/gc-04.ts";
import { gc05 } from "./checks/gc-05.ts";
import { gc06 } from "./checks/gc-06.ts";
import { gc07 } from "./checks/gc-07.ts";
import { gc13 } from "./checks/gc-13.ts";
import { lif01 } from "./checks/lif-01.ts";
import { pro01 } from "./checks/pro-01.ts";
import { pro02 } from "./checks/pro-02.ts";
import { pro03 } from "./checks/pro-03.ts";
import { pro04 } from "./checks/pro-04.ts";
import { pro07 } from "./checks/pro-07.ts";
import { pro08 } from "./checks/pro-08.ts";
import { pro10 } from "./checks/pro-10.ts";
import { pro13 } from "./checks/pro-13.ts";
import { pro14 } from "./checks/pro-14.ts";
import { pro15 } from "./checks/pro-15.ts";
import { pro18 } from "./checks/pro-18.ts";
import { pro19 } from "./checks/pro-19.ts";
import { pro20 } from "./checks/pro-20.ts";
import { pro21 } from "./checks/pro-21.ts";
import { pro23 } from "./checks/pro-23.ts";
import { res01 } from "./checks/res-01.ts";
import { res02 } from "./checks/res-02.ts";
import { res03 } from "./checks/res-03.ts";
import { res04 } from "./checks/res-04.ts";
import { res05 } from "./checks/res-05.ts";
import { res08 } from "./checks/res-08.ts";
import { res10 } from "./checks/res-10.ts";
import { res11 } from "./checks/res-11.ts";
import { res14 } from "./checks/res-14.ts";
import { res17 } from "./checks/res-17.ts";
import { sta01 } from "./checks/sta-01.ts";
import { sta12 } from "./checks/sta-12.ts";
import { ver01 } from "./checks/ver-01.ts";
import { ver02 } from "./checks/ver-02.ts";
import { ver03 } from "./checks/ver-03.ts";
import type { SmokeCheck } from "./smoke-check.ts";

export const catalogue: readonly SmokeCheck[] = [
  pro01,
  pro02,
  pro03,
  pro04,
  pro07,
  pro08,
  pro10,
  pro13,
  pro14,
  pro15,
  pro18,
  pro19,
  pro20,
  pro21,
  pro23,
  err01,
  err02,
  err04,
  err05,
  ver01,
  ver02,
  ver03,
  add01,
  add02,
  add03,
  add05,
  add06,
  add07,
  add10,
  res01,
  res02,
  res03,
  res04,
  res05,
  res08,
  res10,
  res11,
  res14,
  res17,
  del01,
  del02,
  del04,
  del06,
  del08,
  del09,
  del13,
  del14,
  chk01,
  chk04,
  chk05,
  chk12,
  chk13,
  chk16,
  sta01,
  sta12,
  gc01,
  gc03,
  gc04,
  gc05,
  gc06,
  gc07,
  gc13,
  lif01,
];
