from tests.engine.test_zz_old import *
from tierscore.engine.tables import Tables
import itertools
def test_layout(card, monkeypatch):
    orig=Tables._filled
    def f(self,table,units):
        print(table.shape,table.strides,table.flags.c_contiguous); return orig(self,table,units)
    monkeypatch.setattr(Tables,"_filled",f)
    s=factors.setting(card,CASES[1]); run(s,design_of(s,60)); assert 0
