"""constraints: a chain of one-way constraints solved by planning, in the manner of DeltaBlue: many small objects and calls."""


class Variable:
    def __init__(self, name, value):
        self.name, self.value = name, value
        self.users = []
        self.maker = None
        self.strength = 5
        self.mark = 0


class Constraint:
    def __init__(self, strength):
        self.strength = strength

    def attach(self, *variables):
        self.variables = list(variables)
        for variable in variables:
            variable.users.append(self)
        return self

    def output(self):
        return self.variables[-1]

    def inputs(self):
        return self.variables[:-1]


class Equal(Constraint):
    def run(self):
        self.output().value = self.variables[0].value


class Scale(Constraint):
    def run(self):
        source, factor, offset, target = self.variables
        target.value = source.value * factor.value + offset.value


class Planner:
    def __init__(self):
        self.mark = 0

    def plan(self, start):
        self.mark += 1
        todo, plan = [user for user in start.users if user.variables[0] is start], []
        start.mark = self.mark
        while todo:
            constraint = todo.pop()
            target = constraint.output()
            if target.mark == self.mark or target.strength < constraint.strength:
                continue
            if all(v.mark == self.mark or v.maker is None for v in constraint.inputs()):
                plan.append(constraint)
                target.maker, target.mark = constraint, self.mark
                todo.extend(user for user in target.users if user is not constraint)
        return plan


def chain(length):
    variables = [Variable(f"v{number}", 0) for number in range(length)]
    for left, right in zip(variables, variables[1:]):
        Equal(1).attach(left, right)
    return variables


def projection(count):
    factor, offset = Variable("factor", 10), Variable("offset", 1000)
    pairs = [(Variable(f"s{i}", i), Variable(f"t{i}", 0)) for i in range(count)]
    for source, target in pairs:
        Scale(2).attach(source, factor, offset, target)
    return pairs


def main(rounds=90):
    total = 0
    for number in range(rounds):
        planner = Planner()
        variables = chain(1500)
        for value in range(3):
            variables[0].value = value + number
            for constraint in planner.plan(variables[0]):
                constraint.run()
        total += variables[-1].value
        for source, target in projection(1000):
            for constraint in planner.plan(source):
                constraint.run()
            total += target.value
    return total


if __name__ == "__main__":
    print(main())
