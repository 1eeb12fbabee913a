/** Many changes as many messages in one send, with one answer when the kernel refuses none of them. */
import type { Change } from "../kernel.ts";
import { NetlinkError } from "../netlink-error.ts";
import { addressAdding, addressDeleting } from "./addresses.ts";
import { linkChanging } from "./change-link.ts";
import { neighDeleting, neighReplacing } from "./neighs.ts";
import type { Request, RequestSocket } from "./request-socket.ts";
import { routeChanging } from "./routes.ts";

export function runBatch(
  socket: RequestSocket,
  changes: readonly Change[],
): (NetlinkError | undefined)[] {
  const requests = changes.map((change) => requestOf(socket, change));
  const sent = requests.flatMap((one) => (one instanceof NetlinkError ? [] : [one]));
  const refusals = socket.actAll(sent);
  return requests.map((one) => (one instanceof NetlinkError ? one : refusals.get(one)));
}

/** Or why there is none: its link is not there, or it has a value that no kernel could take. */
function requestOf(socket: RequestSocket, change: Change): Request | NetlinkError {
  try {
    return requesting(socket, change);
  } catch (error) {
    if (error instanceof NetlinkError) return error;
    throw error;
  }
}

function requesting(socket: RequestSocket, change: Change): Request {
  switch (change.verb) {
    case "linkSet":
      return linkChanging(socket, change.link, change.change);
    case "addressAdd":
      return addressAdding(socket, change.link, change.address);
    case "addressDel":
      return addressDeleting(socket, change.link, change.address);
    case "routeAdd":
      return routeChanging(socket, "add", change.route);
    case "routeReplace":
      return routeChanging(socket, "replace", change.route);
    case "routeDel":
      return routeChanging(socket, "del", change.route);
    case "neighReplace":
      return neighReplacing(socket, change.link, change.neigh);
    case "neighDel":
      return neighDeleting(socket, change.link, { address: change.address, proxy: false });
  }
}
