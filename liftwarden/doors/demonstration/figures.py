"""What the demonstration is calibrated to; shares in percent, each with where it was published.

Source: docs/sources/facts.md (campaign figures of 2015, place shares of Qingdao 2018, stock split of Nanjing 2023-09,
network size of Wuhan). What is marked ours was published by nobody.
"""

PLACES = (
    ("residential", 69.15),
    ("office", 12.43),
    ("mall", 7.27),
    ("hotel", 3.29),
    ("hospital", 2.93),
    ("other", 2.83),
    ("school", 1.55),
    ("station", 0.27),
    ("stadium", 0.27),
)
VARIETIES = (
    ("3110", 110_989),
    ("3120", 9_498),
    ("3310", 10_979),
    ("3320", 694),
    ("3210", 187),
    ("3430", 4_397),
)
# End of June 2015, nation: 2,368,665 lifts self-checked, 111,156 with dangers, 79,245 of them put right.
SHARE_WITH_DANGERS = 111_156 / 2_368_665
SHARE_UNFINISHED_2016 = 0.12  # ours: no figure for the end of 2016 was found
SHARE_FOUND_BY_LOOK_BACK = 0.012  # ours
SHARE_DONE_LATER = 0.97  # ours: of those unfinished in mid-2017, by 2019
SHARE_FOUND_LATELY = 0.006  # ours
LIFTS_A_FIRM = 107_900 / 398  # Wuhan
LIFTS_AN_ESTATE = 9  # ours

CATEGORIES = (  # ours
    ("door", "层门锁紧元件啮合深度不足", 26),
    ("safety_part", "限速器超期未校验", 14),
    ("emergency_call", "紧急报警装置无人应答", 14),
    ("control", "控制柜主接触器粘连", 9),
    ("traction", "制动器制动力不足", 9),
    ("maintenance", "半月维保记录缺失", 9),
    ("paperwork", "超期未检验", 8),
    ("no_owner", "无物业、无维保、无维修资金", 6),
    ("escalator", "梳齿板缺齿", 3),
    ("environment", "机房温度过高、底坑渗水", 2),
)
CAUSES = (  # ours
    ("ageing", 34),
    ("missing_part", 15),
    ("no_maintenance", 14),
    ("misuse", 12),
    ("no_fund", 9),
    ("uninspected", 8),
    ("ownership", 5),
    ("bridged", 3),
)
BLOCKERS = (("fund", 45), ("owner", 25), ("dispute", 15), ("parts", 10), ("demolition", 5))  # ours

ESTATE_HEADS = (
    "幸福",
    "阳光",
    "翠苑",
    "文晖",
    "湖滨",
    "和睦",
    "金沙",
    "东方",
    "锦绣",
    "丽景",
    "长乐",
    "云栖",
    "瑞景",
    "清波",
)
ESTATE_TAILS = ("花园", "小区", "新村", "公寓", "广场", "大厦", "家园", "名苑")
STREETS = (
    "文三路",
    "解放路",
    "中山路",
    "人民路",
    "建设路",
    "重庆路",
    "和平路",
    "学院路",
    "滨江大道",
    "长江路",
    "新华街",
)
FIRM_HEADS = ("安达", "恒升", "捷运", "宏远", "信诚", "迅捷", "平安", "联升", "永固", "天行")
