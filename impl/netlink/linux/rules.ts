/** `ip rule` over netlink: the rules that look a table up, both families. */
import { checkedPrefix } from "../argument.ts";
import { messageFlags } from "../codec/message.ts";
import { lookupAction, parseRule, printRule, type RuleMessage, ruleTypes } from "../codec/rule.ts";
import { ruleWords } from "../command.ts";
import type { Family, Rule } from "../kernel.ts";
import { familyNumbers } from "./family.ts";
import { optional } from "./links.ts";
import type { RequestSocket } from "./request-socket.ts";

export function listRules(socket: RequestSocket): Rule[] {
  return [...listFamily(socket, 4), ...listFamily(socket, 6)];
}

function listFamily(socket: RequestSocket, family: Family): Rule[] {
  return socket.dump(
    {
      type: ruleTypes.get,
      words: () => `ip -${family} rule show`,
      // The dump's header may hold nothing but the family, not even attributes.
      print: (writer) => {
        writer.u8(familyNumbers[family]);
        for (let i = 1; i < 12; i++) writer.u8(0);
      },
    },
    (bytes, message) => toRule(parseRule(bytes, message), family),
  );
}

function toRule(message: RuleMessage, family: Family): Rule | undefined {
  if (message.action !== lookupAction) return undefined;
  const prefix = (ip: string | undefined, length: number) =>
    ip === undefined ? undefined : `${ip}/${length}`;
  return {
    family,
    priority: message.priority ?? 0,
    table: message.table,
    ...optional("from", prefix(message.src, message.srcLength)),
    ...optional("to", prefix(message.dst, message.dstLength)),
    ...optional("iif", message.iif),
    ...optional("fwmark", message.fwmark),
  };
}

export function changeRule(socket: RequestSocket, verb: "add" | "del", rule: Rule): void {
  const words = () => ruleWords(verb, rule);
  const src = rule.from === undefined ? undefined : checkedPrefix(rule.from, words);
  const dst = rule.to === undefined ? undefined : checkedPrefix(rule.to, words);
  const message: RuleMessage = {
    family: familyNumbers[rule.family],
    dstLength: dst?.length ?? 0,
    srcLength: src?.length ?? 0,
    table: rule.table,
    action: lookupAction,
    priority: rule.priority,
    ...optional("src", src?.address),
    ...optional("dst", dst?.address),
    ...optional("iif", rule.iif),
    ...optional("fwmark", rule.fwmark),
  };
  socket.act({
    type: verb === "add" ? ruleTypes.new : ruleTypes.del,
    flags: verb === "add" ? messageFlags.create | messageFlags.exclusive : 0,
    words,
    print: (writer) => printRule(writer, message),
  });
}
