"""pip whose half-downloaded files survive an interruption and are continued by the next call.

Runs inside the project's environment, whose pip is pinned by hash: this relies on pip's inner names.
pip checks the hash of the whole file afterwards, so that a wrong half is found out.
"""

import os
import sys

from pip._internal.cli.main import main
from pip._internal.exceptions import IncompleteDownloadError
from pip._internal.operations import prepare  # before `network`, or pip's imports go in a circle
from pip._internal.network import download


class KeepingDownloader(download.Downloader):
    """Writes to `<name>.part` in the folder MRL_PARTIAL_DOWNLOADS and moves the whole file from there."""

    def __call__(self, link, location):
        part = os.path.join(os.environ["MRL_PARTIAL_DOWNLOADS"], link.filename + ".part")
        response = self._http_get(link)
        size = download._get_http_response_size(response)
        with open(part, "ab") as file:
            state = download._FileDownload(link, file, size, bytes_received=file.tell())
            if size is None or state.bytes_received > size:
                state.reset_file()
            self._receive(state, response)
        path = os.path.join(location, link.filename)
        os.replace(part, path)
        return path, response.headers.get("Content-Type", "")

    def _receive(self, state, response):
        if state.bytes_received == 0:
            self._process_response(state, response)
        else:
            response.close()
        for _ in range(1 + self._resume_retries):
            if not state.is_incomplete():
                break
            rest = self._http_get_resume(state, should_match=response)
            if rest.status_code != 206:
                state.reset_file()
            self._process_response(state, rest)
        if state.is_incomplete():
            raise IncompleteDownloadError(state)


prepare.Downloader = KeepingDownloader
sys.exit(main())
