// One contender: says when it is ready, tries at the word, holds what it wins until it is killed.
import { lockFolder } from "@mammo/files/node";

// What ends gives its lock back.
setInterval(() => undefined, 1000);
process.send!("ready");
process.once("message", () => {
  lockFolder(process.argv[2]!).then(
    () => process.send!("won"),
    (error: { readonly code?: string }) => process.send!(error.code),
  );
});
