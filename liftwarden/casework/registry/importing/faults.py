"""What can be wrong with a row of a file, what is allowed instead, and what becomes of the row; pure."""

from dataclasses import dataclass

from liftwarden.kernel.choices import Choice


class Consequence(Choice):
    """What becomes of a row, or of a value, that breaks a rule."""

    REJECT = "reject", "拒绝该行"
    NULL_AND_FLAG = "null_and_flag", "置空并标记"
    SET_ASIDE = "set_aside", "另存待查"


class Rule(Choice):
    """The rules that a file and its rows are held to; the codes are what a mapping's [rules] names."""

    UNKNOWN_HEADER = "unknown_header", "表头未在映射中说明"
    MISSING_HEADER = "missing_header", "映射要的表头不在文件里"
    REPEATED_HEADER = "repeated_header", "表头重复"
    NO_ROWS = "no_rows", "没有数据行"
    ROW_SHAPE = "row_shape", "该行的格数多于表头"
    CELL_ERROR = "cell_error", "单元格是公式错误"
    REQUIRED_MISSING = "required_missing", "必填项为空"
    DIGITS_LOST = "digits_lost", "数字位数已被表格软件截断"
    LEADING_ZERO_LOST = "leading_zero_lost", "位数不足，可能丢了开头的 0"
    BAD_CODE = "bad_code", "编号格式不对"
    NO_NUMBER = "no_number", "没有任何编号"
    DUPLICATE_IN_FILE = "duplicate_in_file", "同一编号在文件中出现多次"
    NUMBER_TAKEN = "number_taken", "编号属于另一台电梯"
    ALREADY_REGISTERED = "already_registered", "电梯已登记"
    SEVERAL_MATCHES = "several_matches", "各编号指向不同的电梯"
    BAD_DATE = "bad_date", "不是日期"
    DATE_OUT_OF_RANGE = "date_out_of_range", "日期不可能"
    DATES_OUT_OF_ORDER = "dates_out_of_order", "日期先后颠倒"
    BAD_NUMBER = "bad_number", "不是数"
    NUMBER_OUT_OF_RANGE = "number_out_of_range", "数值超出范围"
    UNKNOWN_VALUE = "unknown_value", "映射的取值表里没有"
    UNKNOWN_DIVISION = "unknown_division", "没有这个区划"
    DIVISION_OUT_OF_REACH = "division_out_of_reach", "区划不在您的管辖范围"
    OTHER_DIVISION = "other_division", "与登记的区划不同"
    UNKNOWN_VARIETY = "unknown_variety", "目录中没有这个品种"
    UNKNOWN_PLACE = "unknown_place", "没有这类使用场所"
    UNKNOWN_USE_STATE = "unknown_use_state", "没有这种使用状态"
    USE_STATE_STEP = "use_state_step", "使用状态不能这样变"
    BAD_POINT = "bad_point", "坐标不成立"
    POINT_OUTSIDE = "point_outside", "坐标在辖区范围之外"
    TOO_LONG = "too_long", "文字过长"
    BAD_CREDIT_CODE = "bad_credit_code", "统一社会信用代码不对"
    UNKNOWN_PARTY = "unknown_party", "没有这个单位"
    PARTY_AMBIGUOUS = "party_ambiguous", "同名单位不止一个"
    PARTY_DATE_MISSING = "party_date_missing", "缺少单位起始日期"
    PARTY_OVERLAP = "party_overlap", "单位起始日期不晚于在任者"
    NAMED_ASIDE = "named_aside", "映射指明另存的行"


# Rules about the file as a whole: with one broken, nothing is published.
OF_THE_FILE = frozenset((Rule.UNKNOWN_HEADER, Rule.MISSING_HEADER, Rule.REPEATED_HEADER, Rule.NO_ROWS))

# Rules whose breach concerns one value that a lift may go without.
NULLABLE = frozenset(
    (
        *(Rule.CELL_ERROR, Rule.DIGITS_LOST, Rule.LEADING_ZERO_LOST, Rule.BAD_CODE),
        *(Rule.BAD_DATE, Rule.DATE_OUT_OF_RANGE, Rule.DATES_OUT_OF_ORDER, Rule.BAD_NUMBER, Rule.NUMBER_OUT_OF_RANGE),
        *(Rule.UNKNOWN_VALUE, Rule.UNKNOWN_DIVISION, Rule.UNKNOWN_PLACE, Rule.UNKNOWN_USE_STATE),
        *(Rule.BAD_POINT, Rule.POINT_OUTSIDE, Rule.TOO_LONG, Rule.USE_STATE_STEP, Rule.OTHER_DIVISION),
        *(Rule.BAD_CREDIT_CODE, Rule.UNKNOWN_PARTY, Rule.PARTY_AMBIGUOUS),
        *(Rule.PARTY_DATE_MISSING, Rule.PARTY_OVERLAP, Rule.REQUIRED_MISSING),
    )
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where, what stood there, what is allowed, what becomes of it. `row` is the file's own number."""

    row: int
    column: str
    value: str
    rule: Rule
    allowed: str
    consequence: Consequence
    target: str = ""

    @property
    def flag(self) -> str:
        """What a lift that was taken nevertheless carries in `flags`."""
        return f"{self.rule}:{self.target or self.column}"

    def words(self) -> str:
        """Say it in one line."""
        where = f"“{self.column}”" if self.column else ""
        what = f"“{self.value}”" if self.value else "（空）"
        return f"{where}{what}：{self.rule.label}；{self.allowed}"
