"""The browser's Back leads to the page before, with its controls as they were left.

A control that moves replaces the address, so that a page is one entry of the history. But where
another page is opened, Streamlit takes the controls out of the old page's address first, and makes
that an entry of its own: Back would lead to the old page with its controls as they were at first.

A link to the page it stands on, as to the next screen of a lesson, is a visit too: Streamlit
neither puts it into the address, unless it also adds to it, nor shows it from its top.
"""

from streamlit.delta_generator_singletons import get_dg_singleton_instance

# An entry is made where a link or a click opens a page; the one before gets its address back if it
# lost it since that click. All other changes of the address replace it.
_SCRIPT = """<script>
if (!window.keepsAddresses) {
  window.keepsAddresses = true;
  const push = history.pushState.bind(history);
  let link = null, before = null;
  for (const kind of ["pointerdown", "keydown"])
    window.addEventListener(kind, (event) => {
      link = event.target.closest?.("a[href]");
      before = null;
    }, true);
  history.pushState = (state, title, url) => {
    const here = location.pathname;
    const stays = new URL(url, location.href).pathname === here;
    if (stays && !(link && new URL(link.href).pathname === here)) {
      before ??= location.href;
      history.replaceState(state, title, url);
      return;
    }
    if (before !== null) history.replaceState(state, title, before);
    link = before = null;
    push(state, title, url);
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  };
  window.addEventListener("click", (event) => {
    const to = event.target.closest?.("[data-testid=stPageLink-NavLink]");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;  // a tab of its own
    if (!to || elsewhere || new URL(to.href).pathname !== location.pathname) return;
    link = to;
    history.pushState({}, "", to.href);
  }, true);
}
</script>"""


def keep_addresses() -> None:
    """Let each entry of the browser's history keep its address.

    The script stands where Streamlit puts notices: a place in the page would be kept free for it
    until it has come, and all that is below would jump.
    """
    get_dg_singleton_instance().event_dg.html(_SCRIPT, unsafe_allow_javascript=True)
