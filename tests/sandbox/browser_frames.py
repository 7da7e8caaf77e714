"""The frames of a browser: where their scripts run, which are loading, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


class Frames:
    """The frames of all tabs, kept by the events of the DevTools protocol."""

    def __init__(self) -> None:
        self.worlds: dict[str, tuple[str, int]] = {}
        """The session and the script context of each frame; a tab's own frame is named as it is."""
        self.loaders: dict[str, str] = {}
        """The last load of each frame."""
        self.complaints: list[str] = []
        self._asked: dict[str, str] = {}
        """Frames that have asked for a page, which hasn't begun to come; and their sessions."""
        self._loading: dict[str, str] = {}
        self._hearing: dict[str, Callable[[Json, str], None]] = {
            "Runtime.executionContextCreated": self._has_world,
            "Runtime.executionContextDestroyed": self._lost_world,
            "Runtime.executionContextsCleared": self._lost_worlds,
            "Runtime.consoleAPICalled": self._was_printed,
            "Runtime.exceptionThrown": self._has_thrown,
            "Log.entryAdded": self._was_logged,
            "Page.frameRequestedNavigation": self._asks,
            "Page.frameNavigated": self._comes,
            "Page.frameStartedLoading": self._loads,
            "Page.frameStoppedLoading": self._has_loaded,
            "Page.navigatedWithinDocument": self._stays,
            "Page.frameDetached": self._goes,
            "Target.detachedFromTarget": self._session_ends,
        }

    @property
    def are_loading(self) -> bool:
        """Whether any page is on its way."""
        return bool(self._asked or self._loading)

    def hear(self, event: Json) -> None:
        """Keep an event."""
        if (hearing := self._hearing.get(event["method"])) is not None:
            hearing(event["params"], event.get("sessionId", ""))

    def forget(self, session: str) -> None:
        """Forget all frames of a session."""
        self._lost_worlds({}, session)
        self._load_nothing(session)

    def _load_nothing(self, session: str) -> None:
        for frames in (self._asked, self._loading):
            for frame in [frame for frame, other in frames.items() if other == session]:
                del frames[frame]

    def _has_world(self, params: Json, session: str) -> None:
        about = params["context"]["auxData"]
        if about["isDefault"]:
            self.worlds[about["frameId"]] = (session, params["context"]["id"])

    def _lost_world(self, params: Json, session: str) -> None:
        lost = (session, params["executionContextId"])
        for frame in [frame for frame, world in self.worlds.items() if world == lost]:
            del self.worlds[frame]

    def _lost_worlds(self, _params: Json, session: str) -> None:
        for frame in [frame for frame, (other, _) in self.worlds.items() if other == session]:
            del self.worlds[frame]

    def _was_printed(self, params: Json, _session: str) -> None:
        if params["type"] in ("error", "assert"):
            words = (str(each.get("value", each.get("description"))) for each in params["args"])
            self.complaints.append(" ".join(words))

    def _has_thrown(self, params: Json, _session: str) -> None:
        self.complaints.append(words_of(params["exceptionDetails"]))

    def _was_logged(self, params: Json, _session: str) -> None:
        entry = params["entry"]
        if entry["level"] == "error":
            self.complaints.append(f"{entry.get('url', '')} {entry['text']}")

    def _asks(self, params: Json, session: str) -> None:
        if params["disposition"] == "currentTab":
            self._asked[params["frameId"]] = session

    def _comes(self, params: Json, session: str) -> None:
        frame = params["frame"]
        if "parentId" not in frame:
            self._load_nothing(session)  # a page's frames end with it, without an event
        self._asked.pop(frame["id"], None)
        self._loading[frame["id"]] = session
        self.loaders[frame["id"]] = frame["loaderId"]

    def _loads(self, params: Json, session: str) -> None:
        self._loading[params["frameId"]] = session

    def _has_loaded(self, params: Json, _session: str) -> None:
        self._loading.pop(params["frameId"], None)

    def _stays(self, params: Json, _session: str) -> None:
        self._asked.pop(params["frameId"], None)

    def _goes(self, params: Json, _session: str) -> None:
        self._asked.pop(params["frameId"], None)
        self._loading.pop(params["frameId"], None)

    def _session_ends(self, params: Json, _session: str) -> None:
        self.forget(params["sessionId"])


def words_of(problem: Json) -> str:
    """Return what a script says that failed."""
    return str(problem.get("exception", {}).get("description") or problem["text"])
