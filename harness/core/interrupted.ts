/** Why a run stops before its end; the message is what its remaining checks say. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor(message = "interrupted") {
    super(message);
  }
}

export class StoppedEarly extends Error {
  override readonly name = "StoppedEarly";
}
