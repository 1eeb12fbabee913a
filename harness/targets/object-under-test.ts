/** Which object of a list belongs to the plugin under test, and which run before it. */

export type PluginObject = Readonly<Record<string, unknown>> & { readonly type: string };

export interface SplitList {
  readonly before: readonly PluginObject[];
  readonly object: PluginObject;
}

/** undefined: no object is of this type, and none delegates its addresses to it */
export function splitList(plugins: readonly PluginObject[], type: string): SplitList | undefined {
  const own = plugins.findIndex((object) => object.type === type);
  const at = own >= 0 ? own : plugins.findIndex((object) => ipamType(object) === type);
  const object = plugins[at];
  return object && { before: plugins.slice(0, at), object };
}

function ipamType({ ipam }: PluginObject): unknown {
  return typeof ipam === "object" && ipam !== null && "type" in ipam ? ipam.type : undefined;
}
