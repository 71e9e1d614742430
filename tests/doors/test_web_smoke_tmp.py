import pytest
from tests import factories as f
from liftwarden.casework.hazards import actions as hazards
pytestmark=pytest.mark.django_db
def test_all(client):
    chief=f.an_actor("chief"); 
    from django.contrib.auth import get_user_model
    u=get_user_model().objects.get(username=chief.login)
    client.force_login(u)
    body=f.a_body(); lift=f.a_lift(); f.serve(lift,body)
    p=f.a_problem(lift,by=chief)
    i=hazards.instruct([p.pk], f.an_order(chief), at=f.day("2017-02-02"), by=chief)
    p.refresh_from_db()
    for url in ["/","/lifts/","/lifts/?q=0",f"/lifts/{lift.pk}/",f"/lifts/{lift.pk}/timeline/","/worklist/","/worklist/round-sheet/",f"/problems/{p.pk}/",f"/files/{p.file_id}/","/instructions/",f"/instructions/{i.pk}/",f"/instructions/{i.pk}/sheet/","/bodies/"]:
        r=client.get(url); assert r.status_code==200,(url,r.status_code, r.content.decode()[:2000])
    from liftwarden.doors.threshold.deeds import deeds
    from django.urls import reverse
    subj={"lift":lift.pk,"problem":p.pk,"file":p.file_id,"instruction":i.pk}
    for d in deeds().values():
        if d.subject in ("post",): continue
        url=reverse("do-"+d.name,args=[subj[d.subject]] if d.subject else [])
        r=client.get(url); print(d.name,r.status_code)
        r=client.post(url); print("   post",r.status_code)
    client.logout()
    for url in ["/accounts/login/","/accounts/2fa/","/nope/","/accounts/signup/"]:
        r=client.get(url); print(url,r.status_code)
