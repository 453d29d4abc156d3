import sys; sys.path.insert(0,"/tmp/w/scratch_dask")
import numpy as np, pytest
from threadpoolctl import threadpool_limits
import old_ensemble, national
from tests.engine.test_ensemble import *
from tierscore.engine import runner, ensemble
CASES=[(WEIGHTS,KNOTS,CUT,OWN,ERRORS),(SHARES,KNOTS,CUT,SCALE,ERRORS,IMPUTATION,TREATMENT,NORMALISATION,AGGREGATION),(OWN,IMPUTATION),(KNOTS,NORMALISATION),(CUT,OWN),(ERRORS,CUT),(CUT,),(WEIGHTS,),(SCALE,),(ERRORS,)]
def same(card,varied,monkeypatch,samples,kinds=(MONTE_CARLO,SALTELLI)):
    s=factors.setting(card,varied)
    for kind in kinds:
        d=design_of(s,samples if kind==MONTE_CARLO else 64,kind=kind)
        with threadpool_limits(1): old=in_bytes(old_ensemble.run(s,d))
        for block,piece in ((2**20,2**26),(1,2**26),(3*card.scores.size,11*card.scores.size),(card.scores.size*50,card.scores.size)):
            monkeypatch.setattr(runner,"BLOCK",block); monkeypatch.setattr(ensemble,"PIECE",piece)
            new=run(s,d)
            assert in_bytes(new)==old,(kind,block,piece, np.nanmax(np.abs(new.scores-np.frombuffer(old[0]).reshape(new.scores.shape))))
@pytest.mark.parametrize("k",range(len(CASES)))
def test_default(card,k,monkeypatch): same(card,CASES[k],monkeypatch,620)
@pytest.mark.parametrize("case,varied",[("asem",(WEIGHTS,IMPUTATION,TREATMENT,NORMALISATION,AGGREGATION)),("asem",(WEIGHTS,AGGREGATION)),("asem",(WEIGHTS,)),("hdi",(WEIGHTS,AGGREGATION)),("hdi",(WEIGHTS,))])
def test_ref(case,varied,monkeypatch): same(reference(case),varied,monkeypatch,60)
def test_national(monkeypatch): same(national.card(300,100),national.F,monkeypatch,40,(MONTE_CARLO,))
def test_national_few(monkeypatch):
    for f in national.F: same(national.card(150,100),(f,),monkeypatch,40,(MONTE_CARLO,))

@settings(max_examples=60,deadline=None)
@given(data=st.data())
def test_random(data):
    c=random_case(data.draw); card=score(c.matrix,c.framework)
    with pytest.MonkeyPatch.context() as m:
      for v in CASES:
        try: factors.setting(card,v)
        except Refused: continue
        same(card,v,m,30,(MONTE_CARLO,))
