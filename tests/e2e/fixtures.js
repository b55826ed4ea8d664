// What every test starts from: a page in which nothing may go wrong unnoticed.
import { test as base, expect } from "@playwright/test";

export { expect };

export const test = base.extend({
  /** What went wrong in the page so far, a sentence each. A test that expects some empties the list. */
  complaints: async ({ context }, use) => {
    const complaints = [];
    context.on("console", (message) => {
      // The configuration has it blocked but where it is tested.
      if (message.text() === "Service Worker registration blocked by Playwright") return;
      if (["error", "warning"].includes(message.type())) {
        complaints.push(`console ${message.type()}: ${message.text()}`);
      }
    });
    context.on("weberror", (error) => complaints.push(`uncaught: ${error.error()}`));
    context.on("requestfailed", (request) => {
      const { errorText } = request.failure() ?? {};
      // A page that is left while it starts a worker gives up that worker's scripts, its icon if that has not come, and what
      // it fetches for later.
      const isLeft = errorText === "net::ERR_ABORTED" && /\/((start|icon)-[^/]+|engines\/[^/]+\.js(on)?|parts\/[^/]+)$/.test(request.url());
      if (!isLeft) complaints.push(`failed: ${request.url()} ${errorText}`);
    });
    context.on("response", (response) => {
      if (!response.ok()) complaints.push(`status ${response.status()}: ${response.url()}`);
    });
    // A violation of the policy is an event; not each of them reaches the console.
    await context.exposeFunction("complain", (complaint) => complaints.push(complaint));
    await context.addInitScript(() => {
      // Who was here before is not shown what a first visit is.
      if (location.protocol.startsWith("http")) {
        localStorage.setItem("interleave-visited", "yes");
      }
      addEventListener("securitypolicyviolation", (event) =>
        window.complain(`policy: ${event.effectiveDirective} forbids ${event.blockedURI}`),
      );
    });
    await use(complaints);
  },

  page: async ({ page, complaints }, use) => {
    await use(page);
    expect(complaints, "what went wrong in the page").toEqual([]);
  },
});
