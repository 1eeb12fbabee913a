/** The one error the codec throws: bytes that are no netlink message of the expected kind. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";
}
