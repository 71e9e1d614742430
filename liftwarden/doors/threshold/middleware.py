"""Puts refusals into words: pages get a page, fragments a line, REST is answered by its own handler."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from liftwarden.kernel.refusals import Refusal


def said(refusal: Refusal) -> str:
    """Say a refusal in the reader's language; a fact that is itself a word of ours (a label, a reason) is put too."""
    facts = {name: gettext(fact) if isinstance(fact, str) and fact else fact for name, fact in refusal.facts.items()}
    return gettext(refusal.template).format(**facts) if facts else gettext(refusal.template)


class RefusalsInWords:
    """Turns a refusal that no view has caught into a page with its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Render the refusal; anything else rises."""
        if not isinstance(exception, Refusal):
            return None
        context = {"sentence": said(exception), "status": exception.status}
        return render(request, "refused.html", context, status=exception.status)
